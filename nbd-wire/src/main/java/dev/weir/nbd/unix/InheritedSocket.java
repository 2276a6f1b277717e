package dev.weir.nbd.unix;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket that systemd passes to the process (see {@code
 * docs/design/decisions/055-socket-activation.md}). The start script passes it on as standard input, the only
 * descriptor that Java takes over. Thread-safe.
 */
public final class InheritedSocket {
    /** System property of the start script: standard input is a listening socket. */
    private static final String INHERITED = "weir.inherited-socket";

    private InheritedSocket() {}

    /**
     * Returns the inherited channel if it listens on an address. Returns null otherwise. A closed one is gone until
     * the next start of the process.
     */
    public static @Nullable ServerSocketChannel of(SocketAddress address) throws IOException {
        Channel channel = Boolean.getBoolean(INHERITED) ? System.inheritedChannel() : null;
        return channel instanceof ServerSocketChannel listening
                        && listening.isOpen()
                        && address.equals(listening.getLocalAddress())
                ? listening
                : null;
    }
}
