package dev.weir.nbd.connection;

import dev.weir.nbd.net.Ticker;

/**
 * Whether a client moves on with what it owes: by {@link #STEP_BYTES}, or all of it if that is less, in each period. A byte
 * now and then is no progress.
 *
 * <p>For the connection's thread only.
 */
final class Progress {
    static final long STEP_BYTES = 1 << 20;

    private long millis;
    private long from;

    /** Forgets the time: the client owes nothing. */
    void reset() {
        millis = 0;
    }

    /**
     * Counts a tick.
     *
     * @param bytes how far the client has come
     * @return for how long it has not moved on
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
