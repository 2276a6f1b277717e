package dev.weir.nbd.connection;

import dev.weir.nbd.net.Ticker;

/**
 * The progress of a client with replies to read or a payload to send. A client makes progress if it moves {@link
 * #STEP_BYTES}, or the whole rest, in each stall timeout. Single bytes are no progress.
 *
 * <p>Confined to the thread of the connection.
 */
final class Progress {
    static final long STEP_BYTES = 1 << 20;

    private long millis;
    private long from;

    /** Restarts the clock because the client has nothing to do. */
    void reset() {
        millis = 0;
    }

    /**
     * Counts a tick.
     *
     * @param bytes all bytes that the client has moved so far
     * @return the time without progress (ms)
     */
    long tick(long bytes) {
        if (millis == 0 || bytes - from >= STEP_BYTES || bytes < from) {
            from = bytes;
            millis = 0;
        }
        millis += Ticker.MILLIS;
        return millis;
    }
}
