package dev.weir.nbd.tls;

import dev.weir.nbd.wire.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One side of TLS without its socket: turns received bytes into plain ones and plain bytes into records to send.
 * Confined like {@link TlsWire}.
 */
interface TlsSession {

    /** Returns whether the handshake is not complete. */
    boolean isHandshaking();

    /** Returns whether the other side has ended the session. */
    boolean isClosed();

    /** Returns the proven identity of the other side. It is unknown until the handshake is complete. */
    Identity peer();

    /** Returns a buffer for bytes of the socket. {@link #received} takes them from it. */
    ByteBuffer room();

    /**
     * Decrypts the bytes in {@link #room}, or continues the handshake with them.
     *
     * @throws IOException if the session has failed. {@link #output} has an alert for the other side, at the latest
     *     after {@link #close}.
     */
    void received() throws IOException;

    /** Returns the number of plain bytes that can be read. */
    int available();

    /** Moves plain bytes into a buffer. */
    void read(ByteBuffer to);

    /**
     * Encrypts the next bytes, at most 64 KiB, for {@link #output}, which must be empty before.
     *
     * @return the number of bytes that were taken
     */
    int encrypt(ByteBuffer[] from, int offset, int length) throws IOException;

    /**
     * Takes bytes to send. They are valid until the next call of a session on this thread.
     *
     * @return an empty buffer if nothing is to be sent
     */
    ByteBuffer output() throws IOException;

    /** Ends the session. {@link #output} then has the alert for the other side. */
    void close() throws IOException;
}
