package dev.weir.nbd.wire;

import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;

/**
 * A connection that never waits, and takes and gives plain bytes whatever is sent.
 *
 * <p>One thread at a time may read, and at the same time one may write or flush; any may close.
 */
public interface Wire extends ScatteringByteChannel, GatheringByteChannel {

    /**
     * Sends what was written and the socket has not taken yet.
     *
     * @return whether nothing is left; if not, it is to be called again when the socket takes more
     */
    boolean flush() throws IOException;

    /** Returns whether there is more to read although the socket may have nothing. */
    boolean hasMore();

    /** Returns whether what is sent is enciphered. */
    boolean isSecure();

    /** Returns who the other side has proven to be. */
    Identity peer();
}
