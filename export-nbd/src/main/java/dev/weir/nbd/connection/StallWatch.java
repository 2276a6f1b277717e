package dev.weir.nbd.connection;

import dev.weir.nbd.net.Ticker;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import org.jspecify.annotations.Nullable;

/**
 * The stall timeout of one client: for reading its replies, for sending an announced payload and for the end of its
 * connection.
 *
 * <p>Confined to the thread of the connection.
 */
final class StallWatch {
    private final Budget budget;
    private final long stallMillis;

    /** Progress of the client in reading its replies. */
    private final Progress unread = new Progress();

    /** Progress of the client in sending an announced payload. */
    private final Progress unsent = new Progress();

    /** Time since the connection began to end. */
    private long endingMillis;

    StallWatch(ClientQuotas limits, Budget budget) {
        this.budget = budget;
        this.stallMillis = limits.stallMillis();
    }

    /**
     * Counts a tick.
     *
     * @param isUnread whether the client has replies to read
     * @param writtenBytes all bytes of replies that it has read so far
     * @param isUnsent whether the client has a payload to send
     * @param sentBytes all bytes of payloads that it has sent so far
     * @return why to cut the client off: it made no progress in the stall timeout while a request waits for memory.
     *     Null if it may stay.
     */
    @Nullable
    String tick(boolean isUnread, long writtenBytes, boolean isUnsent, long sentBytes) {
        long unreadMillis = tick(unread, isUnread, writtenBytes);
        long unsentMillis = tick(unsent, isUnsent, sentBytes);
        // a stalled client may be a suspended guest: cut off only if memory is scarce (see docs/design/decisions/013)
        if (Math.max(unreadMillis, unsentMillis) <= stallMillis || !budget.isScarce()) {
            return null;
        }
        String part = unreadMillis > stallMillis
                ? "read less than 1 MiB of its replies"
                : "sent less than 1 MiB of its payload";
        return "it " + part + " in " + stallMillis + " ms while other requests waited for memory";
    }

    private static long tick(Progress progress, boolean owes, long bytes) {
        if (!owes) {
            progress.reset();
            return 0;
        }
        return progress.tick(bytes);
    }

    /**
     * Counts a tick of a connection that is ending.
     *
     * @return why to close it: it has been ending for longer than the stall timeout. Null if it may go on.
     */
    @Nullable
    String tickEnding() {
        endingMillis += Ticker.MILLIS;
        return endingMillis <= stallMillis ? null : "requests were unanswered after " + stallMillis + " ms";
    }
}
