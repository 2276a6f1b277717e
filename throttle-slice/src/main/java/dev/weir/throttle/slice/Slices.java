package dev.weir.throttle.slice;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * The slices of one limit. What has been dispatched is kept as the moment at which it has been paid for at the limit's
 * rate, so nothing is lost however often that is looked at.
 *
 * <p>Not thread-safe.
 */
final class Slices {
    static final long SLICE_NANOS = 100_000_000L;

    private final LimitKey limit;

    /** Carries what one more request costs here; changes with the limits. */
    private ThrottleLimits limits;

    /** When all that was dispatched has been paid for; in the past by what a request that waits has waited for. */
    private final MeteredTime paid;

    /** What has been paid for by then may go at once: a slice's length after its start, or past if all of that went. */
    private long budget;

    /** When the last request that had to wait may go, or the slice's start; the slice ends a slice's length after it. */
    private long due;

    Slices(LimitKey limit, ThrottleLimits limits, long owedNanos, long now) {
        this.limit = limit;
        this.limits = limits;
        paid = new MeteredTime(unitsPerSecond(), now + owedNanos);
        budget = now + SLICE_NANOS;
        due = now;
        coverWhatIsOwed();
    }

    Slices(Slices of) {
        limit = of.limit;
        limits = of.limits;
        paid = new MeteredTime(of.paid);
        budget = of.budget;
        due = of.due;
    }

    private long unitsPerSecond() {
        return limits.meteredRate(limit, limits.rate(limit));
    }

    /**
     * Returns how long a request must wait, rounded up to a whole nanosecond, and extends the slice to cover that.
     */
    long waitNanos(long bytes, long now) {
        beginSliceIfOver(now);
        long goes = paid.ceilAfter(limits.meteredUnits(limit, bytes));
        if (goes - budget <= 0) {
            return 0;
        }
        due = later(due, goes);
        return Math.max(0, goes - now);
    }

    /** Dispatches a request that {@link #waitNanos} has just let go, in the slice which that found or began. */
    void charge(long bytes) {
        paid.add(limits.meteredUnits(limit, bytes));
        budget = later(budget, paid.floor());
    }

    /** Dispatches requests together that would each have been let go, and none of which is worth several. */
    void charge(long requests, long bytes) {
        paid.add(limit.countsBytes() ? bytes : requests * limits.meteredUnits(limit, 1));
    }

    /** Returns how long what may still go at once takes to be paid for, rounded down; nothing if that is negative. */
    long leftNanos(long now) {
        beginSliceIfOver(now);
        return budget - paid.ceil();
    }

    /** Returns how long this slice lasts from now on, if no request has to wait. */
    long lastsNanos(long now) {
        return due + SLICE_NANOS - now;
    }

    /** Returns how long until all that was dispatched has been paid for, rounded up to a whole nanosecond. */
    long owedNanos(long now) {
        return Math.max(0, paid.ceil() - now);
    }

    /**
     * Goes on with other limits. What is owed stays the same time; what a waiting request has waited for already
     * stays the same number of units.
     */
    void reconfigure(ThrottleLimits newLimits, long now) {
        if (due - now > 0) {
            due = now;
        }
        limits = newLimits;
        long waited = due - paid.ceil();
        if (waited > 0) {
            paid.shift(waited - MeteredTime.convert(waited, paid.unitsPerSecond(), unitsPerSecond()));
        }
        paid.rate(unitsPerSecond());
        coverWhatIsOwed();
    }

    /** No slice ends before all that was dispatched in it has been paid for. */
    private void coverWhatIsOwed() {
        due = later(due, paid.ceil() - SLICE_NANOS);
    }

    /**
     * Begins the slice that {@code now} is in when this one is over. What the last request that had to wait has
     * waited for is still its own, for it may come late: the new slice takes that over. Whatever else is left is
     * gone. Slices follow each other without a gap, so it does not matter how often this is asked.
     */
    private void beginSliceIfOver(long now) {
        long over = now - due - SLICE_NANOS;
        if (over < 0) {
            return;
        }
        long start = now - over % SLICE_NANOS;
        if (due - paid.ceil() >= 0) {
            paid.shift(start - due);
        } else {
            paid.set(start);
        }
        due = start;
        budget = start + SLICE_NANOS;
    }

    private static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }
}
