package dev.weir.throttle.bucket;

import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * A leaky bucket used as a meter: I/O fills it, and it leaks at a rate. Its level is kept as the moment at
 * which it will have leaked empty, so it leaks without being touched, and nothing is lost between touches.
 *
 * <p>Not thread-safe.
 */
final class LeakyBucket {
    private final MeteredTime emptyAt;

    /** How long a full bucket takes to leak empty. */
    private long sizeNanos;

    LeakyBucket(long unitsPerSecond, long sizeNanos, long emptyAt) {
        this.emptyAt = new MeteredTime(unitsPerSecond, emptyAt);
        this.sizeNanos = sizeNanos;
    }

    /** Goes on at another rate and size; how long the bucket takes to leak empty stays as it was. */
    void reconfigure(long unitsPerSecond, long newSizeNanos) {
        emptyAt.rate(unitsPerSecond);
        sizeNanos = newSizeNanos;
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
        emptyAt.add(units);
    }

    /** Returns how long until the bucket is empty, rounded up to a whole nanosecond. */
    long owedNanos(long now) {
        return Math.max(0, emptyAt.ceil() - now);
    }
}
