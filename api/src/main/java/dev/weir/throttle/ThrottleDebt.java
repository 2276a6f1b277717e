package dev.weir.throttle;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/**
 * The debt of a drive under each limit: the time until all charges under the limit are paid at its rate. It is kept
 * twice, as time and as units. Units are expressed as the time that they take at the current rate. Time and units are
 * equal until the rate changes. A change keeps the time and the number of units, and the shorter of both is the debt.
 *
 * <p>A burst that is taken away holds no request that it had admitted. That part of the charges is forgiven: it is not
 * owed, but it leaks like the rest and after it. It counts again when the burst returns, so that flapping gains
 * nothing. The forgiven part is kept as time and as units too, and it is the same fraction of both.
 *
 * <p>Immutable.
 */
public final class ThrottleDebt {

    /** No debt. */
    public static final ThrottleDebt NONE = new ThrottleDebt();

    private static final BigInteger LONGEST = BigInteger.valueOf(1L << 61);

    private final long[] timeNanos = new long[LimitKey.ALL.size()];
    private final long[] unitNanos = new long[LimitKey.ALL.size()];
    private final long[] forgivenTimeNanos = new long[LimitKey.ALL.size()];
    private final long[] forgivenUnitNanos = new long[LimitKey.ALL.size()];
    private final long[] burstTimeNanos = new long[LimitKey.ALL.size()];
    private final long[] burstUnitNanos = new long[LimitKey.ALL.size()];

    private ThrottleDebt() {}

    /**
     * {@return a debt that is the same as time and as units, because no rate has changed since it was made}
     *
     * @param nanos the debt under a limit, 0 or more
     * @param burstNanos the same at the limit's burst rate; 0 without a burst
     */
    public static ThrottleDebt of(ToLongFunction<LimitKey> nanos, ToLongFunction<LimitKey> burstNanos) {
        return of(nanos, nanos, burstNanos, burstNanos);
    }

    /**
     * {@return a debt as time and as units}
     *
     * @param timeNanos the debt under a limit as time, 0 or more
     * @param unitNanos the time that its units take at the limit's rate, 0 or more
     * @param burstTimeNanos as {@code timeNanos}, at the limit's burst rate; 0 without a burst
     * @param burstUnitNanos as {@code unitNanos}, at the limit's burst rate; 0 without a burst
     */
    public static ThrottleDebt of(
            ToLongFunction<LimitKey> timeNanos,
            ToLongFunction<LimitKey> unitNanos,
            ToLongFunction<LimitKey> burstTimeNanos,
            ToLongFunction<LimitKey> burstUnitNanos) {
        return of(timeNanos, unitNanos, limit -> 0, limit -> 0, burstTimeNanos, burstUnitNanos);
    }

    /**
     * {@return a debt as time and as units, with the part that a removed burst has forgiven}
     *
     * @param timeNanos the debt under a limit as time, 0 or more
     * @param unitNanos the time that its units take at the limit's rate, 0 or more
     * @param forgivenTimeNanos the forgiven part as time, which leaks after the debt; 0 or more
     * @param forgivenUnitNanos the time that the forgiven units take at the limit's rate, 0 or more
     * @param burstTimeNanos as {@code timeNanos}, at the limit's burst rate; 0 without a burst
     * @param burstUnitNanos as {@code unitNanos}, at the limit's burst rate; 0 without a burst
     */
    public static ThrottleDebt of(
            ToLongFunction<LimitKey> timeNanos,
            ToLongFunction<LimitKey> unitNanos,
            ToLongFunction<LimitKey> forgivenTimeNanos,
            ToLongFunction<LimitKey> forgivenUnitNanos,
            ToLongFunction<LimitKey> burstTimeNanos,
            ToLongFunction<LimitKey> burstUnitNanos) {
        ThrottleDebt debt = new ThrottleDebt();
        // no streams: every snapshot of every drive has one of these
        for (LimitKey limit : LimitKey.ALL) {
            int place = limit.ordinal();
            debt.timeNanos[place] = timeNanos.applyAsLong(limit);
            debt.unitNanos[place] = unitNanos.applyAsLong(limit);
            debt.forgivenTimeNanos[place] = forgivenTimeNanos.applyAsLong(limit);
            debt.forgivenUnitNanos[place] = forgivenUnitNanos.applyAsLong(limit);
            debt.burstTimeNanos[place] = burstTimeNanos.applyAsLong(limit);
            debt.burstUnitNanos[place] = burstUnitNanos.applyAsLong(limit);
        }
        return debt.equals(NONE) ? NONE : debt; // which most drives of many keep
    }

    /**
     * {@return this debt under other limits} Its time stays, and its units take the time of the new rates. A removed
     * limit and a new one owe nothing. A smaller burst forgives the part that it no longer covers, so that a request
     * waits no longer than before. This counts a limit without a burst as one with an allowance of 100 ms of its rate.
     * Under a policy with another allowance the first request after the end of a burst waits longer or shorter, by at
     * most the difference. A change between limits without bursts forgives nothing more.
     *
     * @param from the limits of this debt
     * @param to the new limits
     */
    public ThrottleDebt under(ThrottleLimits from, ThrottleLimits to) {
        if (from.equals(to)) {
            return this;
        }
        ThrottleDebt whole = of(
                limit -> isKept(limit, from, to) ? wholeTimeNanos(limit) : 0,
                limit -> convert(wholeUnitNanos(limit), from.rate(limit), to.rate(limit)),
                limit -> to.max(limit) == 0 || from.max(limit) == 0 ? 0 : burstTimeNanos(limit),
                limit -> convert(burstUnitNanos(limit), from.max(limit), to.max(limit)));
        return whole.forgiving(limit -> isKept(limit, from, to) ? forgivenNanos(limit, from, to) : 0);
    }

    private long wholeTimeNanos(LimitKey limit) {
        return timeNanos(limit) + forgivenTimeNanos(limit);
    }

    private long wholeUnitNanos(LimitKey limit) {
        return unitNanos(limit) + forgivenUnitNanos(limit);
    }

    private static boolean isKept(LimitKey limit, ThrottleLimits from, ThrottleLimits to) {
        return from.rate(limit) > 0 && to.rate(limit) > 0;
    }

    /** Returns the forgiven part under other limits. A request waits no longer than before. */
    private long forgivenNanos(LimitKey limit, ThrottleLimits from, ThrottleLimits to) {
        long rate = from.rate(limit);
        long newRate = to.rate(limit);
        long time = wholeTimeNanos(limit);
        long units = wholeUnitNanos(limit);
        long size = allowedNanos(limit, from) + forgivenNanos(limit);
        long newSize = allowedNanos(limit, to);
        long owed = Math.min(time, units);
        long newOwed = Math.min(time, convert(units, rate, newRate));
        // the same part of the debt stays forgiven, or a change there and back would gain from the shorter wait
        long kept = owed == 0 ? 0 : roundedDown(forgivenNanos(limit), newOwed, owed);
        if (newSize == allowedNanos(limit, from)) {
            return kept;
        }
        if (newSize >= shorter(size, rate, newRate)) {
            return 0;
        }
        long waitNanos = shorter(Math.max(0, owed - size), rate, newRate);
        long most = kept + Math.max(0, allowedNanos(limit, from) - newSize);
        return Math.max(0, Math.min(newOwed - waitNanos - newSize, most));
    }

    /** A forgiven part that is rounded up releases too early: a nanosecond at a high rate is much at a low one. */
    private static long roundedDown(long nanos, long part, long whole) {
        return BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(part))
                .divide(BigInteger.valueOf(whole))
                .min(LONGEST)
                .longValueExact();
    }

    private static long shorter(long nanos, long rate, long newRate) {
        return Math.min(nanos, convert(nanos, rate, newRate));
    }

    /** Returns the debt at which a limit still admits a request: its burst, or 100 ms. */
    private static long allowedNanos(LimitKey limit, ThrottleLimits limits) {
        return limits.max(limit) == 0
                ? 100_000_000
                : BigInteger.valueOf(limits.max(limit))
                        .multiply(BigInteger.valueOf(limits.maxLengthSeconds(limit)))
                        .multiply(BigInteger.valueOf(1_000_000_000))
                        .divide(BigInteger.valueOf(limits.rate(limit)))
                        .min(LONGEST)
                        .longValueExact();
    }

    private static long convert(long nanos, long rate, long newRate) {
        return rate == 0 || newRate == 0 ? 0 : unitNanos(nanos, rate, newRate);
    }

    /**
     * {@return the time (ns) that units take at another rate; rounded up and at most 73 years}
     *
     * @param nanos the time that they take at {@code rate}; 0 or more
     * @param rate the first rate (units/s); 1 or more
     * @param newRate the other rate (units/s); 1 or more
     */
    public static long unitNanos(long nanos, long rate, long newRate) {
        BigInteger[] parts = BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(rate))
                .divideAndRemainder(BigInteger.valueOf(newRate));
        return parts[0].add(BigInteger.valueOf(parts[1].signum())).min(LONGEST).longValueExact();
    }

    /**
     * {@return the time (ns) until the debt under a limit is paid: the shorter of time and units; 0 or more}
     *
     * @param limit one of the six
     */
    public long nanos(LimitKey limit) {
        return Math.min(timeNanos(limit), unitNanos(limit));
    }

    /**
     * {@return the time (ns) until the debt at the burst rate of a limit is paid: the shorter of time and units; 0 or
     * more}
     *
     * @param limit one of the six
     */
    public long burstNanos(LimitKey limit) {
        return Math.min(burstTimeNanos(limit), burstUnitNanos(limit));
    }

    /**
     * {@return the debt under this limit as time (ns)}
     *
     * @param limit one of the six
     */
    public long timeNanos(LimitKey limit) {
        return timeNanos[limit.ordinal()];
    }

    /**
     * {@return the time (ns) that the units owed under a limit take at its rate}
     *
     * @param limit one of the six
     */
    public long unitNanos(LimitKey limit) {
        return unitNanos[limit.ordinal()];
    }

    /**
     * {@return the time (ns) in which the part that a removed burst has forgiven leaks: the shorter of its time and
     * units; 0 or more} It is no part of the debt and leaks after it.
     *
     * @param limit one of the six
     */
    public long forgivenNanos(LimitKey limit) {
        return Math.min(forgivenTimeNanos(limit), forgivenUnitNanos(limit));
    }

    /**
     * {@return the forgiven part as time (ns)}
     *
     * @param limit one of the six
     */
    public long forgivenTimeNanos(LimitKey limit) {
        return forgivenTimeNanos[limit.ordinal()];
    }

    /**
     * {@return the time (ns) that the forgiven units take at the limit's rate}
     *
     * @param limit one of the six
     */
    public long forgivenUnitNanos(LimitKey limit) {
        return forgivenUnitNanos[limit.ordinal()];
    }

    /**
     * {@return this debt less the part that a removed burst forgives} Its time and its units are forgiven to the same
     * degree. This debt must have no forgiven part yet.
     *
     * @param forgivenNanos the forgiven part of {@link #nanos}; 0 to all of it
     */
    public ThrottleDebt forgiving(ToLongFunction<LimitKey> forgivenNanos) {
        for (LimitKey limit : LimitKey.ALL) {
            if (forgivenNanos.applyAsLong(limit) > 0) {
                return of(
                        each -> owed(each, timeNanos(each), forgivenNanos),
                        each -> owed(each, unitNanos(each), forgivenNanos),
                        each -> timeNanos(each) - owed(each, timeNanos(each), forgivenNanos),
                        each -> unitNanos(each) - owed(each, unitNanos(each), forgivenNanos),
                        this::burstTimeNanos,
                        this::burstUnitNanos);
            }
        }
        return this;
    }

    private long owed(LimitKey limit, long nanos, ToLongFunction<LimitKey> forgivenNanos) {
        long shorter = nanos(limit);
        return convert(shorter - forgivenNanos.applyAsLong(limit), nanos, shorter);
    }

    /**
     * {@return this debt with the forgiven part of another one}
     *
     * @param other the debt with the forgiven part
     */
    public ThrottleDebt forgivenAs(ThrottleDebt other) {
        return of(
                this::timeNanos,
                this::unitNanos,
                other::forgivenTimeNanos,
                other::forgivenUnitNanos,
                this::burstTimeNanos,
                this::burstUnitNanos);
    }

    /** {@return whether any part of the charges was forgiven} */
    public boolean isForgiven() {
        for (LimitKey limit : LimitKey.ALL) {
            if (forgivenNanos(limit) > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return the debt at the burst rate of this limit as time (ns)}
     *
     * @param limit one of the six
     */
    public long burstTimeNanos(LimitKey limit) {
        return burstTimeNanos[limit.ordinal()];
    }

    /**
     * {@return the time (ns) that the units owed at the burst rate of a limit take at that rate}
     *
     * @param limit one of the six
     */
    public long burstUnitNanos(LimitKey limit) {
        return burstUnitNanos[limit.ordinal()];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ThrottleDebt debt
                && Arrays.equals(timeNanos, debt.timeNanos)
                && Arrays.equals(unitNanos, debt.unitNanos)
                && Arrays.equals(forgivenTimeNanos, debt.forgivenTimeNanos)
                && Arrays.equals(forgivenUnitNanos, debt.forgivenUnitNanos)
                && Arrays.equals(burstTimeNanos, debt.burstTimeNanos)
                && Arrays.equals(burstUnitNanos, debt.burstUnitNanos);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(timeNanos) + Arrays.hashCode(burstTimeNanos);
    }

    @Override
    public String toString() {
        return "time " + Arrays.toString(timeNanos) + ", units " + Arrays.toString(unitNanos) + ", forgiven time "
                + Arrays.toString(forgivenTimeNanos) + ", forgiven units " + Arrays.toString(forgivenUnitNanos)
                + ", burst time "
                + Arrays.toString(burstTimeNanos) + ", burst units " + Arrays.toString(burstUnitNanos);
    }
}
