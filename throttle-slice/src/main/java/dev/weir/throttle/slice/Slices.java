package dev.weir.throttle.slice;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredDebt;
import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * The slices of one limit. What has been dispatched is kept as the moment at which it has been paid for at the limit's
 * rate, so nothing is lost however often that is looked at. Only a dispatched request changes anything.
 *
 * <p>Not thread-safe.
 */
final class Slices {
    static final long SLICE_NANOS = 100_000_000L;

    /** How long after the last payment a slice is over. A request that fits into a slice may so be late by one. */
    static final long OVER_NANOS = 2 * SLICE_NANOS;

    private final LimitKey limit;

    /** Carries what one more request costs here; changes with the limits. */
    private ThrottleLimits limits;

    /** When all that was dispatched has been paid for; in the past by the time since that is left to pay with. */
    private final MeteredDebt paid;

    /** What has been paid for by then may go at once: a slice's length after its start. */
    private long budget;

    Slices(LimitKey limit, ThrottleLimits limits, ThrottleDebt owed, long now) {
        this.limit = limit;
        this.limits = limits;
        paid = new MeteredDebt(limits, limit, limits.rate(limit), owed.timeNanos(limit), owed.unitNanos(limit), now);
        budget = now + SLICE_NANOS;
    }

    Slices(Slices of) {
        limit = of.limit;
        limits = of.limits;
        paid = new MeteredDebt(of.paid);
        budget = of.budget;
    }

    /** Returns how long a request must wait, rounded up to a whole nanosecond. */
    long waitNanos(long bytes, long now) {
        long goes = paid.ceilAfter(limits.meteredUnits(limit, bytes));
        return goes - budget <= 0 ? 0 : Math.max(0, goes - now);
    }

    /** Dispatches a request that need not wait. The first one after a slice is over begins the next. */
    void charge(long bytes, long now) {
        long units = limits.meteredUnits(limit, bytes);
        if (now - paid.ceil() >= OVER_NANOS) {
            begin(paid.ceilAfter(units) - paid.ceil(), now);
        }
        add(units);
    }

    /** Keeps the budget no further behind than that, so that moments can be compared. */
    private void add(long units) {
        paid.add(units);
        if (paid.floor() - budget > 0) {
            budget = paid.floor();
        }
    }

    /**
     * Begins a slice with a request that costs so much. If that fits, the slice starts now, and the time since the last
     * payment is gone. A longer request pays with that time, and begins no slice.
     */
    private void begin(long costNanos, long now) {
        if (costNanos <= SLICE_NANOS) {
            paid.set(now);
            budget = now + SLICE_NANOS;
        } else if (now - SLICE_NANOS - costNanos - paid.floor() > 0) {
            paid.set(now - SLICE_NANOS - costNanos);
        }
    }

    /** Dispatches requests together that would each have been let go, and none of which is worth several. */
    void chargeTogether(long requests, long bytes) {
        add(limit.countsBytes() ? bytes : requests * limits.meteredUnits(limit, 1));
    }

    /** Returns how long what may still go at once takes to be paid for, rounded down; nothing if that is negative. */
    long leftNanos(long now) {
        return (budget - now > 0 ? budget : now) - paid.ceil();
    }

    /** Returns how long this slice lasts from now on, at the least. */
    long lastsNanos(long now) {
        return paid.floor() + OVER_NANOS - now;
    }

    MeteredDebt paid() {
        return paid;
    }

    /**
     * Goes on with other limits. What is owed stays both time and units. Time that is left to pay with stays the same
     * number of units.
     */
    void reconfigure(ThrottleLimits newLimits, long now) {
        long left = Math.max(0, budget - paid.ceil());
        long credit = Math.max(0, now - paid.ceil());
        long oldRate = paid.rate();
        limits = newLimits;
        paid.rate(newLimits, limit, newLimits.rate(limit), now);
        if (credit > 0) {
            paid.set(now - MeteredTime.convert(credit, oldRate, paid.rate()));
        } else {
            budget = paid.ceil() + left;
        }
    }
}
