package dev.weir.engine.debt;

import dev.weir.engine.policy.PolicySlot;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.math.BigInteger;

/**
 * The debt of one drive or group at a moment of the wall clock.
 *
 * @param owner the drive or group; see {@link PolicySlot#owner}
 * @param at the moment (ns since 1970)
 * @param sizeBytes the size with which the limits may scale
 * @param limits the limits of the debt, at this size
 * @param debt the debt
 */
record SavedDebt(String owner, long at, long sizeBytes, ThrottleLimits limits, ThrottleDebt debt) {

    /** The shortest debt worth saving (ns). It is paid before another process can release a request. */
    static final long SHORTEST_NANOS = 200_000_000;

    private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);
    private static final long BUCKET_NANOS = 100_000_000;
    private static final long LONGEST_NANOS = 1L << 61;

    /**
     * Returns the debt of a slot. Needs the lock of its domain.
     *
     * @param aheadNanos the time ahead for which requests may be released before the next save. The part of a burst
     *     that they can use is in the debt. 0 for the exact debt.
     */
    static SavedDebt of(PolicySlot slot, long at, long aheadNanos, long now) {
        ThrottleDebt debt = slot.debt(now);
        ThrottleLimits limits = slot.limits();
        return new SavedDebt(
                slot.owner(), at, slot.sizeBytes(), limits, aheadNanos == 0 ? debt : ahead(debt, limits, aheadNanos));
    }

    private static ThrottleDebt ahead(ThrottleDebt debt, ThrottleLimits limits, long aheadNanos) {
        if (LimitKey.ALL.stream().noneMatch(limit -> limits.max(limit) > 0)) {
            return debt;
        }
        return ThrottleDebt.of(
                limit -> Math.min(debt.timeNanos(limit) + growth(debt, limits, limit, aheadNanos), LONGEST_NANOS),
                limit -> Math.min(debt.unitNanos(limit) + growth(debt, limits, limit, aheadNanos), LONGEST_NANOS),
                debt::forgivenTimeNanos,
                debt::forgivenUnitNanos,
                limit -> debt.burstTimeNanos(limit) + burstGrowth(debt, limits, limit, aheadNanos),
                limit -> debt.burstUnitNanos(limit) + burstGrowth(debt, limits, limit, aheadNanos));
    }

    /** Returns the most by which a debt can grow: at the burst rate, up to the size of the burst. */
    private static long growth(ThrottleDebt debt, ThrottleLimits limits, LimitKey limit, long aheadNanos) {
        if (limits.max(limit) == 0) {
            return 0;
        }
        BigInteger ahead = BigInteger.valueOf(aheadNanos);
        BigInteger length = BigInteger.valueOf(limits.maxLengthSeconds(limit)).multiply(SECOND);
        long most = atRate(limits, limit, ahead);
        long size = atRate(limits, limit, length);
        return Math.max(0, Math.min(most, size + aheadNanos - debt.nanos(limit)));
    }

    private static long burstGrowth(ThrottleDebt debt, ThrottleLimits limits, LimitKey limit, long aheadNanos) {
        return limits.max(limit) == 0
                ? 0
                : Math.max(0, Math.min(aheadNanos, BUCKET_NANOS + aheadNanos - debt.burstNanos(limit)));
    }

    /** Returns the time at the rate of a limit that the units of a time at its burst rate take. */
    private static long atRate(ThrottleLimits limits, LimitKey limit, BigInteger burstNanos) {
        return burstNanos
                .multiply(BigInteger.valueOf(limits.max(limit)))
                .divide(BigInteger.valueOf(limits.rate(limit)))
                .min(BigInteger.valueOf(LONGEST_NANOS))
                .longValueExact();
    }

    /** Returns the time from {@link #at} until everything is paid (ns). */
    long lengthNanos() {
        long longest = 0;
        for (LimitKey limit : LimitKey.ALL) {
            longest = Math.max(longest, debt.nanos(limit) + debt.forgivenNanos(limit));
            longest = Math.max(longest, debt.burstNanos(limit));
        }
        return longest;
    }

    /**
     * Returns the time that has passed since (ns). Nothing has passed if the wall clock went back.
     *
     * @param wall the wall clock (ns since 1970)
     */
    long elapsedNanos(long wall) {
        // a wall clock that is centuries ahead pays everything
        return wall <= at ? 0 : Math.min(wall - at, LONGEST_NANOS);
    }

    boolean isPaid(long wall) {
        return elapsedNanos(wall) >= lengthNanos();
    }
}
