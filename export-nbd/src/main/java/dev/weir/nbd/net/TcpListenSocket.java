package dev.weir.nbd.net;

import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A listening TCP socket. */
final class TcpListenSocket implements ListenSocket {
    static final String SCHEME = "tcp:";

    private static final Pattern HOST_AND_PORT = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+)):([0-9]{1,5})");
    private static final int MAX_PORT = 65535;

    private final ServerSocketChannel channel;
    private final InetSocketAddress bound;

    private TcpListenSocket(ServerSocketChannel channel, InetSocketAddress bound) {
        this.channel = channel;
        this.bound = bound;
    }

    static TcpListenSocket open(String hostAndPort) throws IOException {
        Matcher parts = HOST_AND_PORT.matcher(hostAndPort);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > MAX_PORT) {
            throw new IOException("must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to " + MAX_PORT);
        }
        String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
        InetSocketAddress wanted = new InetSocketAddress(host, Integer.parseInt(parts.group(3)));
        if (wanted.isUnresolved()) {
            throw new IOException("no such host");
        }
        ServerSocketChannel inherited = PassedSockets.of(wanted);
        if (inherited != null) {
            return new TcpListenSocket(inherited, wanted);
        }
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(wanted);
            return new TcpListenSocket(channel, (InetSocketAddress) channel.getLocalAddress());
        } catch (IOException e) {
            Sockets.close(channel);
            throw e;
        }
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public String address() {
        return SCHEME + host(bound.getAddress()) + ":" + bound.getPort();
    }

    @Override
    public boolean isLocal() {
        return bound.getAddress().isLoopbackAddress();
    }

    @Override
    public boolean has(SocketAccess wanted) {
        return true;
    }

    @Override
    public String uri(String drive, boolean tls) {
        String host = bound.getAddress().isAnyLocalAddress() ? "localhost" : host(bound.getAddress());
        return (tls ? "nbds://" : "nbd://") + host + ":" + bound.getPort() + "/" + ListenSocket.percentEncode(drive);
    }

    private static String host(InetAddress address) {
        return address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
    }

    /**
     * Disables Nagle's algorithm so that small replies are sent at once. Enables keep-alive to detect vanished
     * clients.
     */
    @Override
    public String prepare(SocketChannel accepted) throws IOException {
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        accepted.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteAddress();
        return SCHEME + host(peer.getAddress()) + ":" + peer.getPort();
    }

    @Override
    public void close() {
        Sockets.close(channel);
    }
}
