/**
 * Exact arithmetic for policies: a rate meter without rounding loss, and bounds on the cost of a request. This policy
 * is complete. It keeps every law of {@link dev.weir.throttle.ThrottlePolicy} with an allowance of 10 ms of the rate.
 *
 * <pre>{@code
 * import dev.weir.block.Direction;
 * import dev.weir.throttle.*;
 * import dev.weir.throttle.arithmetic.MeteredDebt;
 *
 * final class PacePolicy implements ThrottlePolicy {
 *     private static final long ALLOWANCE_NANOS = 10_000_000;
 *     private final MeteredDebt[] debts = new MeteredDebt[LimitKey.ALL.size()]; // null without a limit
 *     private ThrottleLimits limits;
 *
 *     PacePolicy(ThrottleLimits limits, ThrottleDebt owed, long now) {
 *         start(limits, owed, now);
 *     }
 *
 *     private void start(ThrottleLimits newLimits, ThrottleDebt owed, long now) {
 *         limits = newLimits;
 *         for (LimitKey key : LimitKey.ALL) {
 *             long rate = limits.rate(key);
 *             debts[key.ordinal()] = rate == 0
 *                     ? null
 *                     : new MeteredDebt(limits, key, rate, owed.timeNanos(key), owed.unitNanos(key), now);
 *         }
 *     }
 *
 *     public long waitNanos(LimitKey key, Direction direction, long bytes, long now) {
 *         MeteredDebt debt = debts[key.ordinal()];
 *         return debt == null || !key.appliesTo(direction) ? 0 : Math.max(0, debt.nanos(now) - ALLOWANCE_NANOS);
 *     }
 *
 *     public void charge(Direction direction, long bytes, long now) {
 *         for (LimitKey key : LimitKey.ALL) {
 *             MeteredDebt debt = debts[key.ordinal()];
 *             if (debt != null && key.appliesTo(direction)) {
 *                 if (debt.nanos(now) == 0) {
 *                     debt.set(now); // idle time is no credit
 *                 }
 *                 debt.add(limits.meteredUnits(key, bytes));
 *             }
 *         }
 *     }
 *
 *     public void reconfigure(ThrottleLimits newLimits, long now) {
 *         LimitFault.refuse(new PacePolicyFactory().faults(newLimits));
 *         start(newLimits, debt(now).under(limits, newLimits), now);
 *     }
 *
 *     public ThrottleDebt debt(long now) {
 *         return ThrottleDebt.of(
 *                 key -> debts[key.ordinal()] == null ? 0 : debts[key.ordinal()].timeNanos(now),
 *                 key -> debts[key.ordinal()] == null ? 0 : debts[key.ordinal()].unitNanos(now),
 *                 key -> 0,
 *                 key -> 0);
 *     }
 * }
 * }</pre>
 */
@Export
@Version("1.0.0")
@NullMarked
package dev.weir.throttle.arithmetic;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
