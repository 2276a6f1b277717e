package dev.weir.engine.throttle;

import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.arithmetic.MeteredTime;
import java.util.Arrays;

/**
 * What is owed, as far as that is known without the policy, which may be gone or broken: what was owed when it was
 * last asked, and what the requests charged since take at their limits, less the time that has passed since the last of
 * them. It may be more than is owed, by at most the time between two askings, but never less.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class DebtEstimate {

    /** A policy is asked no more often than this, for its answer is an object and every request would make one. */
    private static final long FRESH_NANOS = 100_000_000;

    private ThrottleDebt debt = ThrottleDebt.NONE;
    private long knownAt;

    /** When a request was charged last, or the debt was set: only from then on has time surely paid for all of it. */
    private long lastChargeAt;

    /** What was charged since, in either direction, in bytes and in metered units of the limits that count requests. */
    private final long[] charged = new long[2 * Direction.values().length];

    /** Takes what is owed now. */
    void set(ThrottleDebt newDebt, long now) {
        debt = newDebt;
        knownAt = now;
        lastChargeAt = now;
        Arrays.fill(charged, 0);
    }

    boolean isOld(long now) {
        return now - knownAt >= FRESH_NANOS;
    }

    void charge(ThrottleLimits limits, Direction direction, long length, long now) {
        lastChargeAt = now;
        charged[place(direction, true)] += length;
        charged[place(direction, false)] += limits.meteredUnits(LimitKey.IOPS, length);
    }

    private static int place(Direction direction, boolean inBytes) {
        return 2 * direction.ordinal() + (inBytes ? 0 : 1);
    }

    /**
     * Returns what is owed now.
     *
     * @param limits those under which all was charged since the debt was {@link #set}
     */
    ThrottleDebt at(ThrottleLimits limits, long now) {
        return ThrottleDebt.of(
                limit -> at(limits, limit, limits.rate(limit), debt.nanos(limit), debt.timeNanos(limit), now),
                limit -> at(limits, limit, limits.rate(limit), debt.nanos(limit), debt.unitNanos(limit), now),
                limit -> at(limits, limit, limits.max(limit), debt.burstNanos(limit), debt.burstTimeNanos(limit), now),
                limit -> at(limits, limit, limits.max(limit), debt.burstNanos(limit), debt.burstUnitNanos(limit), now));
    }

    /**
     * Returns a debt after what was charged since, at a rate of its limit, less the time since.
     *
     * @param shorterNanos the shorter of time and units, after which nothing is owed
     * @param nanos the one of both that is asked for
     */
    private long at(ThrottleLimits limits, LimitKey limit, long rate, long shorterNanos, long nanos, long now) {
        long elapsed = now - lastChargeAt;
        long chargedNanos = rate == 0 ? 0 : chargedNanos(limits, limit, rate);
        return elapsed >= shorterNanos + chargedNanos ? 0 : nanos + chargedNanos - elapsed;
    }

    private long chargedNanos(ThrottleLimits limits, LimitKey limit, long rate) {
        MeteredTime span = new MeteredTime(limits.meteredRate(limit, rate), 0);
        for (Direction direction : Direction.values()) {
            if (limit.appliesTo(direction)) {
                span.add(charged[place(direction, limit.countsBytes())]);
            }
        }
        return span.ceil();
    }
}
