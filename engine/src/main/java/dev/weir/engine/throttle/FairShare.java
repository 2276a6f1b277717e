package dev.weir.engine.throttle;

import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is where several wait for one shared limit: the one that has had least of it so far, counted as
 * the limit counts; after it, the one that has waited longest. This is start-time fair queueing (Goyal, Vin and
 * Cheng, 1996): who comes back after a pause begins where the others are, so turns cannot be saved up.
 */
final class FairShare {
    /** So that sums of a few stay in a long. */
    private static final double LONGEST_NANOS = 1L << 60;

    private FairShare() {}

    /** Returns which of a drive's two lanes comes first, or null if both are empty. */
    static @Nullable Lane first(Lane a, Lane b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? (b.isEmpty() ? null : b) : a;
        }
        return precedes(a.served - b.served, a, b) ? a : b;
    }

    /** Returns which of two lanes in a group comes first; of a lane and null, the lane. */
    static @Nullable Lane firstInGroup(@Nullable Lane a, @Nullable Lane b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        if (a.queue == b.queue) {
            return first(a, b);
        }
        return precedes(a.queue.served - b.queue.served, a, b) ? a : b;
    }

    private static boolean precedes(long servedMore, Lane a, Lane b) {
        return servedMore != 0 ? servedMore < 0 : a.arrival(0) - b.arrival(0) <= 0;
    }

    /** Returns the later of two amounts served. */
    static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }

    /**
     * Returns the time that a request takes at the slowest of the limits it comes under, in nanoseconds, at least 1.
     *
     * @param sharedOnly whether only those limits count that hold reads and writes alike
     */
    static long costNanos(ThrottleLimits limits, Direction direction, long bytes, boolean sharedOnly) {
        double slowest = 1;
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0 && (sharedOnly ? limit.direction() == null : limit.appliesTo(direction))) {
                double units = (double) limits.meteredUnits(limit, bytes);
                double unitsPerSecond = (double) limits.meteredRate(limit, limits.rate(limit));
                slowest = Math.max(slowest, units * 1e9 / unitsPerSecond);
            }
        }
        return (long) Math.min(slowest, LONGEST_NANOS);
    }
}
