package dev.weir.throttle.slice;

import dev.weir.throttle.MeteredTime;

/**
 * The slices of one limit. What has been dispatched in a slice is kept as the time it takes at the limit's
 * rate, so it is compared with the length of the slice and with the time that has elapsed in it.
 *
 * <p>Not thread-safe.
 */
final class Slices {
    static final long SLICE_NANOS = 100_000_000L;

    /** What was dispatched in this slice; below zero by what the slice before left to a request that waited in it. */
    private final MeteredTime used;

    private long start;

    /** Later than a slice's length after the start if the slice was extended. */
    private long end;

    Slices(long unitsPerSecond, long owedNanos, long now) {
        used = new MeteredTime(unitsPerSecond, owedNanos);
        start = now;
        end = now + Math.max(SLICE_NANOS, owedNanos);
    }

    /**
     * Returns how long a request of {@code units} must wait, rounded up to a whole nanosecond, and extends the
     * slice to cover that.
     */
    long waitNanos(long units, long now) {
        beginSliceIfOver(now);
        long needed = used.ceilAfter(units);
        if (needed <= SLICE_NANOS) {
            return 0;
        }
        extendTo(start + needed);
        return Math.max(0, start + needed - now);
    }

    /** Dispatches a request that {@link #waitNanos} has just let go, in the slice which that found or began. */
    void charge(long units) {
        used.add(units);
    }

    /** Returns how long until all that was dispatched has been paid for, rounded up to a whole nanosecond. */
    long owedNanos(long now) {
        return Math.max(0, start + used.ceil() - now);
    }

    /**
     * Goes on at another rate. What is owed stays the same time; what a waiting request has waited for already
     * stays the same number of units.
     */
    void rate(long unitsPerSecond, long now) {
        beginSliceIfOver(now);
        boolean extended = isExtended();
        long credit = extended ? now - start - used.ceil() : -used.ceil();
        if (credit > 0) {
            long kept = MeteredTime.convert(credit, used.unitsPerSecond(), unitsPerSecond);
            if (extended) {
                start += credit - kept;
            } else {
                used.shift(credit - kept);
            }
        }
        used.rate(unitsPerSecond);
        end = start + SLICE_NANOS;
        extendTo(start + used.ceil());
        if (extended) {
            extendTo(now + 1);
        }
    }

    private void extendTo(long newEnd) {
        if (newEnd - end > 0) {
            end = newEnd;
        }
    }

    private boolean isExtended() {
        return end - start > SLICE_NANOS;
    }

    /**
     * Begins the slice that {@code now} is in when this one is over. What is left of one that was extended belongs to
     * the request for which it was, which may come late: the new slice takes that over. What is left of any
     * other slice is gone. Slices follow each other without a gap, so it does not matter how often this is asked.
     */
    private void beginSliceIfOver(long now) {
        long over = now - end;
        if (over < 0) {
            return;
        }
        if (isExtended()) {
            used.shift(start - end);
        } else if (used.ceil() > 0) {
            used.set(0);
        }
        start = end + (over - over % SLICE_NANOS);
        end = start + SLICE_NANOS;
    }
}
