package dev.weir.throttle.bucket;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredDebt;
import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * A leaky bucket used as a meter: requests fill it and it leaks at a rate. Its level is stored as the moment at which
 * it will be empty. The level therefore falls without updates and no fraction is lost between them.
 *
 * <p>Not thread-safe.
 */
final class LeakyBucket {
    private final MeteredDebt emptyAt;

    /** The time in which a full bucket leaks empty. */
    private long sizeNanos;

    /**
     * The final size of a bucket that is shrinking. It shrinks with its level, because earlier requests must not be
     * held by the new size.
     */
    private long smallestNanos;

    /**
     * Creates a bucket with a level.
     *
     * @param sizeNanos its final size
     * @param forgivenNanos the part of the level by which it is larger meanwhile
     */
    LeakyBucket(MeteredDebt emptyAt, long sizeNanos, long forgivenNanos) {
        this.emptyAt = emptyAt;
        this.sizeNanos = sizeNanos + forgivenNanos;
        smallestNanos = sizeNanos;
    }

    /** Changes rate and size. A size that is smaller as time and as units makes no request wait longer. */
    void reconfigure(ThrottleLimits limits, LimitKey limit, long rate, long newSizeNanos, long now) {
        long wait = shorter(waitNanos(now), rate);
        boolean shrinks = newSizeNanos < shorter(sizeNanos, rate);
        long forgiven = forgivenNanos(now);
        long level = levelNanos(now);
        long oldSizeNanos = smallestNanos;
        emptyAt.rate(limits, limit, rate, now);
        smallestNanos = newSizeNanos;
        // the same part of the level stays forgiven, or a change there and back would gain from the shorter wait
        // rounded down: a nanosecond too much at a high rate would release much too early at a low one
        long kept = forgiven == 0 ? 0 : MeteredTime.convert(forgiven, levelNanos(now), level);
        if (newSizeNanos == oldSizeNanos) {
            sizeNanos = newSizeNanos + kept;
        } else {
            long most = newSizeNanos + kept + Math.max(0, oldSizeNanos - newSizeNanos);
            sizeNanos = shrinks ? Math.max(newSizeNanos, Math.min(levelNanos(now) - wait, most)) : newSizeNanos;
        }
    }

    private long shorter(long nanos, long newRate) {
        return Math.min(nanos, MeteredTime.convert(nanos, emptyAt.rate(), newRate));
    }

    /** Returns the time until the level is at most the size (ns, rounded up). */
    long waitNanos(long now) {
        long untilEmpty = emptyAt.ceil() - now;
        return untilEmpty <= sizeNanos ? 0 : untilEmpty - sizeNanos;
    }

    /** Adds {@code units}; may overfill the bucket. */
    void charge(long units, long now) {
        if (emptyAt.floor() - now < 0) {
            emptyAt.set(now);
        }
        if (sizeNanos > smallestNanos) {
            sizeNanos = Math.max(smallestNanos, Math.min(sizeNanos, levelNanos(now) + smallestNanos));
        }
        emptyAt.add(units);
    }

    /** Returns the time until the bucket is empty (ns, rounded up). */
    long levelNanos(long now) {
        return emptyAt.nanos(now);
    }

    /** Returns the level as time (ns). */
    long timeNanos(long now) {
        return emptyAt.timeNanos(now);
    }

    /** Returns the part of the level that a smaller size has forgiven (ns). */
    long forgivenNanos(long now) {
        return Math.min(sizeNanos - smallestNanos, levelNanos(now));
    }

    /** Returns the time that the units of the level take at the rate (ns). */
    long unitNanos(long now) {
        return emptyAt.unitNanos(now);
    }
}
