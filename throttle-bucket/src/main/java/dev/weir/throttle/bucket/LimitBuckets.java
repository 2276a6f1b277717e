package dev.weir.throttle.bucket;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one limit: one that leaks at the limit's rate and, if the limit has a burst, a small one
 * that leaks at the burst's rate and so caps it.
 *
 * <p>Not thread-safe.
 */
final class LimitBuckets {

    /** The size of a bucket that holds no burst: a tenth of a second's worth at its rate. No bucket is smaller. */
    static final long SMALL_NANOS = 100_000_000L;

    private final LimitKey limit;
    private final LeakyBucket average;
    private @Nullable LeakyBucket burst;

    /** Carries what one more request costs here; changes with the limits. */
    private ThrottleLimits limits;

    LimitBuckets(LimitKey limit, ThrottleLimits limits, ThrottleDebt owed, long now) {
        this.limit = limit;
        this.limits = limits;
        average = new LeakyBucket(
                limits.meteredRate(limit, limits.rate(limit)),
                averageSizeNanos(limit, limits),
                now + owed.nanos(limit));
        burst = burstOf(limits, now + owed.burstNanos(limit));
    }

    void reconfigure(ThrottleLimits newLimits, long now) {
        limits = newLimits;
        average.reconfigure(newLimits.meteredRate(limit, newLimits.rate(limit)), averageSizeNanos(limit, newLimits));
        burst = burstOf(newLimits, burst == null ? now : now + burst.owedNanos(now));
    }

    private @Nullable LeakyBucket burstOf(ThrottleLimits newLimits, long emptyAt) {
        long max = newLimits.max(limit);
        return max == 0 ? null : new LeakyBucket(newLimits.meteredRate(limit, max), SMALL_NANOS, emptyAt);
    }

    /** A burst's worth, in time at the limit's own rate; rounded down to a whole nanosecond. */
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

    /** Fills in a request and returns how long the next one must wait. */
    long charge(long bytes, long now) {
        long units = limits.meteredUnits(limit, bytes);
        average.charge(units, now);
        if (burst != null) {
            burst.charge(units, now);
        }
        return waitNanos(now);
    }

    long owedNanos(long now) {
        return average.owedNanos(now);
    }

    long burstOwedNanos(long now) {
        return burst == null ? 0 : burst.owedNanos(now);
    }
}
