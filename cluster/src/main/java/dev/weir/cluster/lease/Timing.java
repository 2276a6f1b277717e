package dev.weir.cluster.lease;

import java.util.concurrent.TimeUnit;

/**
 * The periods of the protocol (ns). Hosts never compare clocks. They compare periods, whose lengths may differ by the
 * drift of two clocks, at most ±500 ppm each.
 *
 * @param report the time between two reports of a host
 * @param promise how long a host follows no other coordinator after it sent a report
 * @param lease how long a share lasts, counted by its holder from the report that it answers
 * @param grace how long a host then takes at most its last share before it takes the safe share
 */
public record Timing(long report, long promise, long lease, long grace) {

    /** The periods in use. */
    public static final Timing DEFAULT = new Timing(seconds(1), seconds(3), seconds(5), seconds(5));

    /** The margin for the drift of two clocks: 2000 ppm, twice as much as two clocks of ±500 ppm need. */
    private static final int DRIFT = 500;

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Returns a period that has surely passed here when the period has passed on another host. */
    long atMost(long period) {
        return period + period / DRIFT;
    }

    /** Returns a period that has surely not passed on another host before it has passed here. */
    long atLeast(long period) {
        return period - period / DRIFT;
    }
}
