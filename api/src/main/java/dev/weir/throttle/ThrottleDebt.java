package dev.weir.throttle;

import java.util.Arrays;
import java.util.function.ToLongFunction;

/**
 * What a drive owes under each limit, as time: the nanoseconds until the limit is clear of all that went
 * before. Time is what stays the same when rates or policies change.
 *
 * <p>Immutable.
 */
public final class ThrottleDebt {

    /** Nothing is owed. */
    public static final ThrottleDebt NONE =
            new ThrottleDebt(new long[LimitKey.ALL.size()], new long[LimitKey.ALL.size()]);

    private final long[] nanos;
    private final long[] burstNanos;

    private ThrottleDebt(long[] nanos, long[] burstNanos) {
        this.nanos = nanos;
        this.burstNanos = burstNanos;
    }

    /**
     * {@return what is owed under each limit}
     *
     * @param nanos what is owed under a limit, 0 or more
     * @param burstNanos the same at the limit's burst rate; 0 where there is no burst
     */
    public static ThrottleDebt of(ToLongFunction<LimitKey> nanos, ToLongFunction<LimitKey> burstNanos) {
        ThrottleDebt debt = new ThrottleDebt(new long[LimitKey.ALL.size()], new long[LimitKey.ALL.size()]);
        // no streams: every snapshot of every drive has one of these
        for (LimitKey limit : LimitKey.ALL) {
            debt.nanos[limit.ordinal()] = nanos.applyAsLong(limit);
            debt.burstNanos[limit.ordinal()] = burstNanos.applyAsLong(limit);
        }
        return debt.equals(NONE) ? NONE : debt; // which most drives of many keep
    }

    /**
     * {@return the nanoseconds until this limit is clear, 0 or more}
     *
     * @param limit one of the six
     */
    public long nanos(LimitKey limit) {
        return nanos[limit.ordinal()];
    }

    /**
     * {@return the nanoseconds until the burst rate of this limit is clear, 0 or more}
     *
     * @param limit one of the six
     */
    public long burstNanos(LimitKey limit) {
        return burstNanos[limit.ordinal()];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ThrottleDebt debt
                && Arrays.equals(nanos, debt.nanos)
                && Arrays.equals(burstNanos, debt.burstNanos);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(nanos) + Arrays.hashCode(burstNanos);
    }

    @Override
    public String toString() {
        return "nanos " + Arrays.toString(nanos) + ", burst " + Arrays.toString(burstNanos);
    }
}
