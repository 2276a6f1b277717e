package dev.weir.throttle.slice;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredDebt;
import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * The slices of one limit. The dispatched total is stored as the moment at which it is paid for at the limit's rate.
 * No fraction is lost however often the slices are evaluated. Only a dispatched request changes them.
 *
 * <p>Not thread-safe.
 */
final class Slices {
    static final long SLICE_NANOS = 100_000_000L;

    /**
     * Time from the last payment to the end of a slice. A request that fits into a slice may be late by one slice.
     */
    static final long OVER_NANOS = 2 * SLICE_NANOS;

    private final LimitKey limit;

    /** The limits, which give the cost of a request. */
    private ThrottleLimits limits;

    /** The moment at which everything dispatched is paid for. A moment in the past leaves time to pay with. */
    private final MeteredDebt paid;

    /** The moment up to which requests go at once: a slice's length after its start. */
    private long budget;

    /** Whether the slice followed idle time, which a request longer than a slice uses while the budget lasts. */
    private boolean followsIdleTime;

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
        followsIdleTime = of.followsIdleTime;
    }

    /**
     * Returns the wait of a request (ns, rounded up). A request longer than a slice waits for the time of a slice only,
     * and not at all in a slice that followed idle time. Shorter ones that pass it could otherwise end the slice again
     * and again, or begin one, before it has waited for its cost.
     */
    long waitNanos(long bytes, long now) {
        long goes = paid.ceilAfter(limits.meteredUnits(limit, bytes));
        if (goes - budget <= 0) {
            return 0;
        }
        long unused = paid.ceil() + SLICE_NANOS;
        if (goes - unused <= 0) {
            return Math.max(0, goes - now);
        }
        return followsIdleTime && paid.ceil() - budget <= 0 ? 0 : Math.max(0, unused - now);
    }

    /** Dispatches a request that need not wait. The first one after the end of a slice begins the next. */
    void charge(long bytes, long now) {
        if (now - paid.ceil() >= OVER_NANOS) {
            paid.set(now);
            budget = now + SLICE_NANOS;
            followsIdleTime = true;
        }
        add(limits.meteredUnits(limit, bytes));
    }

    /**
     * Adds units and keeps the budget close enough that moments can be compared. A debt stays beyond it: also a
     * request without cost waits for that.
     */
    private void add(long units) {
        paid.add(units);
        if (paid.floor() - budget > 0) {
            budget = paid.floor() - 1;
        }
    }

    /** Dispatches requests together that were each admitted and none of which counts as several. */
    void chargeTogether(long requests, long bytes) {
        add(limit.countsBytes() ? bytes : requests * limits.meteredUnits(limit, 1));
    }

    /**
     * Returns the time that the rest of the slice is worth (ns, rounded down); 0 or less if nothing is
     * left.
     */
    long leftNanos(long now) {
        return (budget - now > 0 ? budget : now) - paid.ceil();
    }

    /** Returns a lower bound of the time until the end of the slice (ns). */
    long lastsNanos(long now) {
        return paid.floor() + OVER_NANOS - now;
    }

    MeteredDebt paid() {
        return paid;
    }

    /**
     * Changes the limits. Debt is kept as time and units. Time to pay with keeps its number of units. The rest of the
     * slice is kept as time unless the debt becomes longer, which takes from it. A debt beyond the slice stays beyond
     * it, because also a request without cost waits for it.
     */
    void reconfigure(ThrottleLimits newLimits, long now) {
        long left = budget - paid.ceil();
        long credit = Math.max(0, now - paid.ceil());
        long oldRate = paid.rate();
        // the idle time was worth units of the old rate
        followsIdleTime &= newLimits.rate(limit) == oldRate;
        limits = newLimits;
        paid.rate(newLimits, limit, newLimits.rate(limit), now);
        if (credit > 0) {
            paid.set(now - MeteredTime.convert(credit, oldRate, paid.rate()));
        } else if (paid.ceil() + left - budget < 0) {
            budget = paid.ceil() + left;
        }
    }
}
