package dev.weir.nbd.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A socket that clients connect to. Its accessors may be called by any thread. */
public interface ListenSocket {

    /**
     * Opens a socket.
     *
     * @param address {@code unix:/path} or {@code tcp:host:port}; port 0 is any that is free
     * @throws IOException if that is no address, or one cannot listen there; the message says why, without the address
     */
    static ListenSocket open(String address) throws IOException {
        if (address.startsWith(UnixListenSocket.SCHEME)) {
            return UnixListenSocket.open(address.substring(UnixListenSocket.SCHEME.length()));
        }
        if (address.startsWith(TcpListenSocket.SCHEME)) {
            return TcpListenSocket.open(address.substring(TcpListenSocket.SCHEME.length()));
        }
        throw new IOException("must be unix:/path or tcp:host:port");
    }

    /** Returns the channel, which does not block. */
    ServerSocketChannel channel();

    /** Returns the address it has got, in the form of {@link #open}. */
    String address();

    /** Returns whether only this machine reaches it. */
    boolean isLocal();

    /**
     * Returns the URI at which a client reaches a drive, in the form of the NBD project's URI specification.
     *
     * @param tls whether the client must use TLS
     */
    String uri(String drive, boolean tls);

    /**
     * Prepares a connection it has accepted.
     *
     * @return who the client is, for people
     */
    String prepare(SocketChannel accepted) throws IOException;

    /** Closes the channel and removes what it has left behind. */
    void close();

    /** Returns a text with all but letters, digits and {@code -._~/} percent-encoded. */
    static String percentEncode(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            boolean plain = b > 0 && (Character.isLetterOrDigit(b) || "-._~/".indexOf(b) >= 0);
            encoded.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b));
        }
        return encoded.toString();
    }
}
