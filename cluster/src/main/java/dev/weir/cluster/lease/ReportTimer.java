package dev.weir.cluster.lease;

import java.util.concurrent.TimeUnit;

/**
 * The moment of a host's next report. Reports are periodic, and others come between after a change. These do not delay
 * the next periodic one: the demand is that of the time since a periodic report. Not thread-safe.
 */
final class ReportTimer {
    /** The time between two reports while the host has no lease of its coordinator. */
    static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The time between two reports while the limits of the host rise and still hold requests. */
    private static final long GROWING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The shortest time between two reports. */
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The last two times are at least this long for each host of the cluster, because one coordinator takes all. */
    private static final long GROWING_NANOS_PER_HOST = TimeUnit.MICROSECONDS.toNanos(250);

    private static final long SHORTEST_NANOS_PER_HOST = TimeUnit.MICROSECONDS.toNanos(100);

    private final Timing timing;
    private final long growingNanos;
    private final long shortestNanos;
    private long sentAt;

    /** The moment of the last periodic report. */
    private long periodAt;

    private boolean soon;
    private boolean growing;

    ReportTimer(Timing timing, int hosts, long now) {
        this.timing = timing;
        this.growingNanos = Math.max(GROWING_NANOS, GROWING_NANOS_PER_HOST * hosts);
        this.shortestNanos = Math.max(SHORTEST_NANOS, SHORTEST_NANOS_PER_HOST * hosts);
        this.sentAt = now - timing.report();
        this.periodAt = sentAt;
    }

    /** Makes a report due as soon as the shortest period allows. */
    void soon() {
        soon = true;
    }

    /** Makes the next report early because the share has grown and the host may be able to use more. */
    void growing() {
        growing = true;
    }

    void sent(long now) {
        sentAt = now;
        if (now - periodAt >= timing.report()) {
            periodAt = now;
        }
        soon = false;
        growing = false;
    }

    long sentAt() {
        return sentAt;
    }

    /**
     * Returns the moment of the next report.
     *
     * @param hasLease whether the host has a lease of its coordinator
     */
    long nextAt(boolean hasLease) {
        long pause = soon ? shortestNanos : growing ? growingNanos : hasLease ? timing.report() : FAST_NANOS;
        long untilPeriod = periodAt + timing.report() - sentAt;
        return sentAt + Math.max(shortestNanos, Math.min(pause, untilPeriod));
    }
}
