package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * The costs of start-time fair queueing (Goyal and others 1996), and its choice between the two lanes of a drive.
 * {@link GroupNode} chooses among the members of a group. The turn goes to the competitor that has received the least
 * service. Among equals it goes to the oldest request. After a pause a competitor starts level with the others and
 * cannot save up turns. No competitor starves.
 *
 * <p>The cost of a request is the time that it takes at the limit of which it uses the largest part (dominant
 * resource fair queueing, Ghodsi and others 2012). Under one limit it is the amount that this limit counts: bytes or
 * requests. See docs/design/decisions/035.
 */
final class FairShare {

    /** Costs are in 1/1024 ns, so that a weight also divides a cost of a few ns. */
    private static final double COSTS_PER_NANO = 1 << 10;

    /** The highest cost (13 days), so that the sum of a few fits into a long. */
    static final long HIGHEST_COST = 1L << 60;

    private static final double LONGEST_NANOS = 1L << 60;

    private FairShare() {}

    /** Returns the first of a drive's two lanes, or null if both are empty. */
    static @Nullable Lane first(Lane a, Lane b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.isEmpty() ? (b.isEmpty() ? null : b) : a;
        }
        long lead = a.served - b.served;
        return (lead == 0 ? a.headArrival() - b.headArrival() <= 0 : lead < 0) ? a : b;
    }

    /** Returns the later of two amounts of service. They are compared by the sign of their difference. */
    static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }

    /**
     * Returns the cost of a request in 1/1024 ns: the time that it takes at the slowest of its limits; at least 1.
     *
     * @param sharedOnly whether only limits of reads and writes together count
     */
    static long cost(ThrottleLimits limits, Direction direction, long bytes, boolean sharedOnly) {
        if (limits.isEmpty()) {
            return 1;
        }
        double slowest = 0;
        for (int i = 0; i < LimitKey.ALL.size(); i++) {
            LimitKey limit = LimitKey.ALL.get(i); // an iterator would be an object for each release
            if (limits.rate(limit) > 0 && (sharedOnly ? limit.direction() == null : limit.appliesTo(direction))) {
                double units = (double) limits.meteredUnits(limit, bytes);
                double unitsPerSecond = (double) limits.meteredRate(limit, limits.rate(limit));
                slowest = Math.max(slowest, units * 1e9 / unitsPerSecond);
            }
        }
        return (long) Math.max(1, Math.min(slowest * COSTS_PER_NANO, HIGHEST_COST));
    }

    /**
     * Returns the time (ns) that a request takes at a minimum: the longer of both if it is in bytes and in requests.
     *
     * @param limits the limits that the minimum is a part of; they decide how a long request counts
     */
    static long minimumNanos(long minBps, long minIops, ThrottleLimits limits, long bytes) {
        double slowest = minBps == 0 ? 0 : bytes * 1e9 / minBps;
        if (minIops > 0) {
            double units = (double) limits.meteredUnits(LimitKey.IOPS, bytes);
            double unitsPerSecond = (double) limits.meteredRate(LimitKey.IOPS, minIops);
            slowest = Math.max(slowest, units * 1e9 / unitsPerSecond);
        }
        return (long) Math.min(slowest, LONGEST_NANOS);
    }
}
