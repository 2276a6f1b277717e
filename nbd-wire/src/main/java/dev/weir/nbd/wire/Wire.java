package dev.weir.nbd.wire;

import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;

/**
 * A non-blocking connection that carries plain bytes for its user, whether encrypted or not.
 *
 * <p>One thread at a time may read. Another thread may write or flush at the same time. Any thread may close.
 */
public interface Wire extends ScatteringByteChannel, GatheringByteChannel {

    /**
     * Sends written bytes that the socket did not accept yet.
     *
     * @return whether nothing is left. If false, call it again when the socket is writable.
     */
    boolean flush() throws IOException;

    /** Returns whether more bytes can be read even if the socket has none. */
    boolean hasMore();

    /** Returns whether written bytes wait for the end of a handshake, which reading continues. */
    default boolean isHandshaking() {
        return false;
    }

    /** Returns whether the connection is encrypted. */
    boolean isSecure();

    /** Returns the proven identity of the client. */
    Identity peer();
}
