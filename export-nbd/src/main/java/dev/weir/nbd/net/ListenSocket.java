package dev.weir.nbd.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A listening socket. Any thread may call its accessors. */
public interface ListenSocket {

    /**
     * Opens a socket.
     *
     * @param address {@code unix:/path} or {@code tcp:host:port}. Port 0 selects a free port.
     * @param access the users that may connect to a Unix socket
     * @throws IOException if the address is malformed or cannot be bound. The message is the reason without the
     *     address.
     */
    static ListenSocket open(String address, SocketAccess access) throws IOException {
        if (address.startsWith(UnixListenSocket.SCHEME)) {
            return UnixListenSocket.open(address.substring(UnixListenSocket.SCHEME.length()), access);
        }
        if (address.startsWith(TcpListenSocket.SCHEME)) {
            return TcpListenSocket.open(address.substring(TcpListenSocket.SCHEME.length()));
        }
        throw new IOException("must be unix:/path or tcp:host:port");
    }

    /** Returns the non-blocking channel. */
    ServerSocketChannel channel();

    /** Returns the bound address in the form of {@link #open}. */
    String address();

    /** Returns whether only this machine can reach the socket. */
    boolean isLocal();

    /** Returns whether the socket has this access. A TCP socket has any. */
    boolean has(SocketAccess wanted);

    /** Returns why users that its permissions allow cannot reach it, or null if they can. */
    default @Nullable String obstacle() {
        return null;
    }

    /**
     * Returns the NBD URI of a drive at this socket.
     *
     * @param tls whether the client must use TLS
     */
    String uri(String drive, boolean tls);

    /**
     * Sets the options of an accepted connection.
     *
     * @return the name of the client for logs
     */
    String prepare(SocketChannel accepted) throws IOException;

    /** Closes the channel and removes the file of a Unix socket. */
    void close();

    /** Returns a text with percent-encoding of all bytes except ASCII letters, digits and {@code -._~/}. */
    static String percentEncode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            boolean plain = b > 0 && (Character.isLetterOrDigit(b) || "-._~/".indexOf(b) >= 0);
            encoded.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
        }
        return encoded.toString();
    }
}
