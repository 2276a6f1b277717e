package org.example.pace;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.arithmetic.MeteredDebt;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Spaces requests evenly, without the burst of 100 ms worth that {@code bucket} and {@code slice} admit. After a
 * request of n units the next one goes n ÷ rate later. A request may be up to 2 ms early, so that a late timer does
 * not slow the drive. This is the generic cell rate algorithm (ITU-T I.371).
 *
 * <p>Worked numbers, {@code iops = 100}: of ten requests at once the first goes now, the second after 8 ms and each
 * other one 10 ms after its predecessor.
 *
 * <p>Not thread-safe.
 */
final class PacePolicy implements ThrottlePolicy {
    static final long TOLERANCE_NANOS = 2_000_000;

    /** The debt of each limit, by {@link LimitKey#ordinal()}; null for an unset limit. */
    private final @Nullable MeteredDebt[] clear = new @Nullable MeteredDebt[LimitKey.ALL.size()];

    private ThrottleLimits limits;

    PacePolicy(ThrottleLimits limits, ThrottleDebt owed, long now) {
        this.limits = limits;
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                clear[limit.ordinal()] = clear(limits, limit, owed, now);
            }
        }
    }

    static List<LimitFault> burstFaults(ThrottleLimits limits) {
        return LimitKey.ALL.stream()
                .filter(limit -> limits.max(limit) > 0)
                .map(limit -> new LimitFault(limit.key() + "_max", limits.max(limit), "policy pace has no bursts"))
                .toList();
    }

    private static MeteredDebt clear(ThrottleLimits limits, LimitKey limit, ThrottleDebt owed, long now) {
        return new MeteredDebt(
                limits, limit, limits.rate(limit), owed.timeNanos(limit), owed.unitNanos(limit), now);
    }

    @Override
    public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
        MeteredDebt moment = clear[limit.ordinal()];
        return moment == null || !limit.appliesTo(direction) ? 0 : Math.max(0, moment.ceil() - TOLERANCE_NANOS - now);
    }

    @Override
    public void charge(Direction direction, long bytes, long now) {
        for (LimitKey limit : LimitKey.ALL) {
            MeteredDebt moment = clear[limit.ordinal()];
            if (moment != null && limit.appliesTo(direction)) {
                if (moment.floor() - now < 0) {
                    moment.set(now);
                }
                moment.add(limits.meteredUnits(limit, bytes));
            }
        }
    }

    /** A {@link MeteredDebt} keeps the debt as time and as units. */
    @Override
    public void reconfigure(ThrottleLimits newLimits, long now) {
        LimitFault.refuse(burstFaults(newLimits));
        limits = newLimits;
        for (LimitKey limit : LimitKey.ALL) {
            MeteredDebt moment = clear[limit.ordinal()];
            if (newLimits.rate(limit) == 0) {
                clear[limit.ordinal()] = null;
            } else if (moment == null) {
                clear[limit.ordinal()] = clear(newLimits, limit, ThrottleDebt.NONE, now);
            } else {
                moment.rate(newLimits, limit, newLimits.rate(limit), now);
            }
        }
    }

    @Override
    public ThrottleDebt debt(long now) {
        return ThrottleDebt.of(
                limit -> owed(limit, moment -> moment.timeNanos(now)),
                limit -> owed(limit, moment -> moment.unitNanos(now)),
                limit -> 0,
                limit -> 0);
    }

    private long owed(LimitKey limit, ToLongFunction<MeteredDebt> debt) {
        MeteredDebt moment = clear[limit.ordinal()];
        return moment == null ? 0 : debt.applyAsLong(moment);
    }
}
