package dev.weir.metrics;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;

/** The unused part of the bursts of a drive or group. */
final class BurstCredit {
    private static final double NANOS = 1e9;

    private BurstCredit() {}

    /** Adds the credit of each burst of one unit, by direction. */
    static void units(ThrottleLimits limits, ThrottleDebt debt, Families.Points points, boolean bytes) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limit.countsBytes() == bytes && limits.max(limit) > 0) {
                points.add(left(limits, debt, limit), "direction", DriveMetrics.direction(limit));
            }
        }
    }

    /** Adds for each burst the time until its credit is used up at the burst rate, by limit. */
    static void seconds(ThrottleLimits limits, ThrottleDebt debt, Families.Points points) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.max(limit) > 0) {
                // the credit grows at the rate while the burst uses it; it never ends if both are the same
                double net = limits.max(limit) - limits.rate(limit);
                points.add(net == 0 ? Double.POSITIVE_INFINITY : left(limits, debt, limit) / net, "limit", limit.key());
            }
        }
    }

    private static double left(ThrottleLimits limits, ThrottleDebt debt, LimitKey limit) {
        double size = (double) limits.max(limit) * limits.maxLengthSeconds(limit);
        return Math.max(0, size - debt.nanos(limit) / NANOS * limits.rate(limit));
    }
}
