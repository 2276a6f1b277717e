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

/** Helpers for sockets of all kinds. */
public final class Sockets {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    /** Send buffer of a Unix socket with long replies (bytes). It is the largest that Linux allows by default. */
    static final int WIDE_SOCKET_BYTES = 208 << 10;

    private Sockets() {}

    /**
     * Enlarges the send buffer of a Unix socket. Its client can then read until the server is awake again. Other
     * sockets are unchanged because Linux tunes TCP buffers itself. See {@code docs/design/decisions/019-speed.md}.
     */
    public static void widen(SocketChannel socket) {
        try {
            if (socket.getLocalAddress() instanceof UnixDomainSocketAddress
                    && socket.getOption(StandardSocketOptions.SO_SNDBUF) < WIDE_SOCKET_BYTES) {
                socket.setOption(StandardSocketOptions.SO_SNDBUF, WIDE_SOCKET_BYTES);
            }
        } catch (IOException e) {
            LOG.debug("{} keeps its send buffer", socket, e);
        }
    }

    /** Returns the address of the peer. Null on a Unix socket and after a hang-up. */
    public static @Nullable InetAddress peer(SocketChannel socket) {
        try {
            return socket.getRemoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        } catch (IOException e) {
            LOG.debug("{} has no address", socket, e);
            return null;
        }
    }

    /** Closes a socket. A failure is only logged because the socket is not used afterwards. */
    public static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing {} failed", socket, e);
        }
    }
}
