package dev.weir.throttle.bucket;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredDebt;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one limit. The main bucket leaks at the limit's rate. A burst adds a small bucket, which leaks at
 * the burst rate and caps it.
 *
 * <p>Not thread-safe.
 */
final class LimitBuckets {

    /** Size of a bucket without a burst and smallest size of any bucket: 100 ms worth of its rate. */
    static final long SMALL_NANOS = 100_000_000L;

    private final LimitKey limit;
    private final LeakyBucket average;
    private @Nullable LeakyBucket burst;

    /** The limits; they define the cost of a request. */
    private ThrottleLimits limits;

    LimitBuckets(LimitKey limit, ThrottleLimits limits, ThrottleDebt owed, long now) {
        this.limit = limit;
        this.limits = limits;
        MeteredDebt debt = new MeteredDebt(
                limits,
                limit,
                limits.rate(limit),
                owed.timeNanos(limit) + owed.forgivenTimeNanos(limit),
                owed.unitNanos(limit) + owed.forgivenUnitNanos(limit),
                now);
        average = new LeakyBucket(debt, averageSizeNanos(limit, limits), owed.forgivenNanos(limit));
        burst = burst(owed, now);
    }

    void reconfigure(ThrottleLimits newLimits, long now) {
        limits = newLimits;
        average.reconfigure(newLimits, limit, newLimits.rate(limit), averageSizeNanos(limit, newLimits), now);
        long max = newLimits.max(limit);
        if (burst == null || max == 0) {
            burst = burst(ThrottleDebt.NONE, now);
        } else {
            burst.reconfigure(newLimits, limit, max, SMALL_NANOS, now);
        }
    }

    private @Nullable LeakyBucket burst(ThrottleDebt owed, long now) {
        long max = limits.max(limit);
        return max == 0
                ? null
                : new LeakyBucket(
                        new MeteredDebt(
                                limits, limit, max, owed.burstTimeNanos(limit), owed.burstUnitNanos(limit), now),
                        SMALL_NANOS,
                        0);
    }

    /** Returns the size of a burst as time at the limit's rate (ns, rounded down). */
    private static long averageSizeNanos(LimitKey limit, ThrottleLimits limits) {
        if (limits.max(limit) == 0) {
            return SMALL_NANOS;
        }
        return BigInteger.valueOf(limits.max(limit))
                .multiply(BigInteger.valueOf(limits.maxLengthSeconds(limit)))
                .multiply(BigInteger.valueOf(1_000_000_000L))
                .divide(BigInteger.valueOf(limits.rate(limit)))
                .longValueExact();
    }

    long waitNanos(long now) {
        long wait = average.waitNanos(now);
        return burst == null ? wait : Math.max(wait, burst.waitNanos(now));
    }

    /** Charges a request. Returns the wait of the next one (ns). */
    long charge(long bytes, long now) {
        long units = limits.meteredUnits(limit, bytes);
        average.charge(units, now);
        if (burst != null) {
            burst.charge(units, now);
        }
        return waitNanos(now);
    }

    /** Returns the time until both buckets are empty (ns). */
    long levelNanos(long now) {
        return burst == null ? average.levelNanos(now) : Math.max(average.levelNanos(now), burst.levelNanos(now));
    }

    LeakyBucket average() {
        return average;
    }

    /** Returns the bucket that caps the burst; null without a burst. */
    @Nullable
    LeakyBucket burst() {
        return burst;
    }
}
