package dev.weir.cluster.lease;

import java.util.concurrent.TimeUnit;

/**
 * The periods of the protocol (ns). Hosts never compare clocks. They compare periods, whose lengths may differ by the
 * drift of two clocks of at most ±500 ppm each.
 *
 * @param report the time between two reports of a host
 * @param promise how long a host follows no other coordinator after it has sent a report
 * @param lease how long a lease lasts; its holder counts from the report that the lease answers
 * @param grace how long a host keeps at most its last share after the lease, before it takes the safe share
 */
public record Timing(long report, long promise, long lease, long grace) {

    /** The periods in use. */
    public static final Timing DEFAULT = new Timing(seconds(1), seconds(3), seconds(5), seconds(5));

    /** The margin for drift is one part in this many: 2000 ppm, twice the need of two clocks of ±500 ppm. */
    private static final int DRIFT = 500;

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Returns the time here after which a period has passed on every other host. */
    long atMost(long period) {
        return period + period / DRIFT;
    }

    /** Returns the longest time here within which a period has passed on no other host. */
    long atLeast(long period) {
        return period - period / DRIFT;
    }
}
