package dev.weir.engine.policy;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredTime;

/**
 * An estimate of the debt that needs no policy because a policy may be missing. {@link PolicySlot} drops a policy that
 * throws. The estimate is the debt at the last query plus the charges since, less the time since the last charge. It is
 * never too low. It is too high by at most the time between two queries.
 *
 * <p>Guarded by the lock of the {@code ThrottleDomain}.
 */
final class DebtEstimate {

    /**
     * The least time between two queries. The answer of a policy is an object and must not be allocated for every
     * request.
     */
    private static final long FRESH_NANOS = 100_000_000;

    private ThrottleDebt debt = ThrottleDebt.NONE;
    private long knownAt;

    /**
     * The moment of the last charge or of {@link #set}. Only time after it is deducted, so that the estimate is never
     * too low.
     */
    private long lastChargeAt;

    /** Charges since: in bytes and in metered units of the limits that count requests. No array, for the caches. */
    private long readBytes;

    private long readUnits;
    private long writtenBytes;
    private long writtenUnits;

    /** Sets the current debt. */
    void set(ThrottleDebt newDebt, long now) {
        debt = newDebt;
        knownAt = now;
        lastChargeAt = now;
        readBytes = 0;
        readUnits = 0;
        writtenBytes = 0;
        writtenUnits = 0;
    }

    /** Returns the moment of the last charge or of {@link #set}. */
    long lastChargeAt() {
        return lastChargeAt;
    }

    boolean isOld(long now) {
        return now - knownAt >= FRESH_NANOS;
    }

    void charge(ThrottleLimits limits, Direction direction, long length, long now) {
        lastChargeAt = now;
        long units = limits.meteredUnits(LimitKey.IOPS, length);
        if (direction == Direction.READ) {
            readBytes += length;
            readUnits += units;
        } else {
            writtenBytes += length;
            writtenUnits += units;
        }
    }

    /**
     * Returns the current debt.
     *
     * @param limits the limits in force since {@link #set}
     */
    ThrottleDebt at(ThrottleLimits limits, long now) {
        return ThrottleDebt.of(
                limit -> at(limits, limit, limits.rate(limit), debt.nanos(limit), debt.timeNanos(limit), now),
                limit -> at(limits, limit, limits.rate(limit), debt.nanos(limit), debt.unitNanos(limit), now),
                limit -> forgivenAt(limits, limit, debt.forgivenTimeNanos(limit), now),
                limit -> forgivenAt(limits, limit, debt.forgivenUnitNanos(limit), now),
                limit -> at(limits, limit, limits.max(limit), debt.burstNanos(limit), debt.burstTimeNanos(limit), now),
                limit -> at(limits, limit, limits.max(limit), debt.burstNanos(limit), debt.burstUnitNanos(limit), now));
    }

    /**
     * Returns a debt plus the charges since at a rate, less the elapsed time. Time and units of the debt are paid to
     * the same degree and before the charges.
     *
     * @param shorterNanos the shorter of the debt as time and as units; nothing is owed after it
     * @param nanos the requested one of both
     */
    private long at(ThrottleLimits limits, LimitKey limit, long rate, long shorterNanos, long nanos, long now) {
        long elapsed = now - lastChargeAt;
        long chargedNanos = rate == 0 ? 0 : chargedNanos(limits, limit, rate);
        return elapsed < shorterNanos
                ? rest(nanos, shorterNanos, elapsed) + chargedNanos
                : Math.max(0, shorterNanos + chargedNanos - elapsed);
    }

    /**
     * Returns the rest of the forgiven part. It leaks after the debt, and its time and units to the same degree.
     *
     * @param nanos its time or its units
     */
    private long forgivenAt(ThrottleLimits limits, LimitKey limit, long nanos, long now) {
        long shorter = debt.forgivenNanos(limit);
        if (shorter == 0 || limits.rate(limit) == 0) {
            return 0;
        }
        long owed = debt.nanos(limit) + chargedNanos(limits, limit, limits.rate(limit));
        long leaked = Math.max(0, now - lastChargeAt - owed);
        return leaked < shorter ? MeteredTime.convert(shorter - leaked, nanos, shorter) : 0;
    }

    /** Returns the rest of a time after a part of the shorter one of both; rounded up. */
    private static long rest(long nanos, long shorterNanos, long elapsed) {
        return nanos == shorterNanos
                ? nanos - elapsed
                : ThrottleDebt.unitNanos(shorterNanos - elapsed, nanos, shorterNanos);
    }

    private long chargedNanos(ThrottleLimits limits, LimitKey limit, long rate) {
        MeteredTime span = new MeteredTime(limits.meteredRate(limit, rate), 0);
        if (limit.appliesTo(Direction.READ)) {
            span.add(limit.countsBytes() ? readBytes : readUnits);
        }
        if (limit.appliesTo(Direction.WRITE)) {
            span.add(limit.countsBytes() ? writtenBytes : writtenUnits);
        }
        return span.ceil();
    }
}
