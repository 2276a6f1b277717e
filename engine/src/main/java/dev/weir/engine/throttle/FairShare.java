package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * Fair queueing between competitors for a shared limit. The turn goes to the one that has received the least service,
 * counted in time at the limit. Among equals it goes to the oldest request. This is start-time fair queueing (Goyal
 * and others 1996): after a pause a competitor starts level with the others and cannot save up turns. No competitor
 * starves.
 */
final class FairShare {
    /** An upper bound so that sums of a few costs fit in a long. */
    private static final double LONGEST_NANOS = 1L << 60;

    private FairShare() {}

    /** Returns the first of a drive's two lanes, or null if both are empty. */
    static @Nullable Lane first(Lane a, Lane b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? (b.isEmpty() ? null : b) : a;
        }
        return precedes(a.served - b.served, a, b) ? a : b;
    }

    /** Returns the first of two lanes in a group. A null argument stands for no lane. */
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

    /** Returns the later of two amounts of service. They are compared by the sign of their difference. */
    static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }

    /**
     * Returns the time (ns) that a request takes at the slowest of its limits; at least 1.
     *
     * @param sharedOnly whether only limits of reads and writes together count
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
