package dev.weir.throttle.bucket;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredDebt;
import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * A leaky bucket used as a meter: I/O fills it, and it leaks at a rate. Its level is kept as the moment at
 * which it will have leaked empty, so it leaks without being touched, and nothing is lost between touches.
 *
 * <p>Not thread-safe.
 */
final class LeakyBucket {
    private final MeteredDebt emptyAt;

    /** The time that a full bucket takes to leak empty. */
    private long sizeNanos;

    /**
     * The size to which a bucket shrinks that was made smaller: as its level falls, because what had filled the bucket before the
     * change must hold nothing.
     */
    private long smallestNanos;

    LeakyBucket(MeteredDebt emptyAt, long sizeNanos) {
        this.emptyAt = emptyAt;
        this.sizeNanos = sizeNanos;
        smallestNanos = sizeNanos;
    }

    /** Goes on at another rate and size. A size that is smaller both as time and as units makes no request wait longer. */
    void reconfigure(ThrottleLimits limits, LimitKey limit, long rate, long newSizeNanos, long now) {
        long wait = shorter(waitNanos(now), rate);
        boolean shrinks = newSizeNanos < shorter(sizeNanos, rate);
        emptyAt.rate(limits, limit, rate, now);
        smallestNanos = newSizeNanos;
        sizeNanos = shrinks ? Math.max(newSizeNanos, levelNanos(now) - wait) : newSizeNanos;
    }

    private long shorter(long nanos, long newRate) {
        return Math.min(nanos, MeteredTime.convert(nanos, emptyAt.rate(), newRate));
    }

    /** Returns how long until the level is no higher than the size, rounded up to a whole nanosecond. */
    long waitNanos(long now) {
        long untilEmpty = emptyAt.ceil() - now;
        return untilEmpty <= sizeNanos ? 0 : untilEmpty - sizeNanos;
    }

    /** Fills in {@code units}; they may well overfill it. */
    void charge(long units, long now) {
        if (emptyAt.floor() - now < 0) {
            emptyAt.set(now);
        }
        if (sizeNanos > smallestNanos) {
            sizeNanos = Math.max(smallestNanos, Math.min(sizeNanos, levelNanos(now) + smallestNanos));
        }
        emptyAt.add(units);
    }

    /** Returns how long until the bucket is empty, rounded up to a whole nanosecond. */
    long levelNanos(long now) {
        return emptyAt.nanos(now);
    }

    /** Returns the debt as time: the level, less what a smaller size has forgiven. */
    long timeNanos(long now) {
        return Math.max(0, emptyAt.timeNanos(now) - (sizeNanos - smallestNanos));
    }

    /** Returns the time that the units of the debt take at the rate. */
    long unitNanos(long now) {
        return Math.max(0, emptyAt.unitNanos(now) - (sizeNanos - smallestNanos));
    }
}
