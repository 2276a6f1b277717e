package dev.weir.nbd.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sockets of all kinds need. */
public final class Sockets {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    /** Send buffer of a Unix socket with long replies, in bytes; the largest that Linux allows by default. */
    static final int WIDE_SOCKET_BYTES = 208 << 10;

    private Sockets() {}

    /**
     * Lets a Unix socket hold more, so that its client has something to read until the server is awake again. Others
     * are left alone: what TCP holds, Linux fits to the network.
     */
    public static void widen(SocketChannel socket) {
        try {
            if (socket.getLocalAddress() instanceof UnixDomainSocketAddress
                    && socket.getOption(StandardSocketOptions.SO_SNDBUF) < WIDE_SOCKET_BYTES) {
                socket.setOption(StandardSocketOptions.SO_SNDBUF, WIDE_SOCKET_BYTES);
            }
        } catch (IOException e) {
            LOG.debug("{} stays as it is", socket, e);
        }
    }

    /** Returns the address of the other side, or null on a Unix socket or if it has gone already. */
    public static @Nullable InetAddress peer(SocketChannel socket) {
        try {
            return socket.getRemoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        } catch (IOException e) {
            LOG.debug("{} has no address", socket, e);
            return null;
        }
    }

    /** Closes it; a failure is of no consequence, for nothing is read or written any more. */
    public static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("{} was not closed in good order", socket, e);
        }
    }
}
