package dev.weir.throttle.arithmetic;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.math.BigInteger;

/**
 * The moment at which all that was charged under a limit is paid for. A change of the limit keeps the debt both as
 * time and as units, and the shorter of both holds. So a lower limit never lengthens a debt, a higher one shortens it at once,
 * and a change there and back leaves it as it was.
 *
 * <p>Worked numbers: 1 MiB owed at 1 KiB/s takes 1,024 s. At 100 MiB/s the same units take 10 ms, which then hold. Back at
 * 1 KiB/s in the same moment, 1,024 s hold again. Back after 5 ms, half of the units are paid, and 512 s hold.
 *
 * <p>Not thread-safe.
 */
public final class MeteredDebt extends MeteredTime {

    /** In the limit's own units per second, which do not change with {@link ThrottleLimits#iopsSize()}. */
    private long rate;

    /** How much longer the debt was as time than as units when the rate changed last; negative if it was shorter. */
    private long excessNanos;

    /** That debt is paid between these two moments, and the excess with it. */
    private long changedAt;

    private long paidAt;

    /**
     * Starts with a debt.
     *
     * @param limits the limits of which this is one
     * @param limit under which it is owed
     * @param rate one of the limit's rates, in its units per second
     * @param timeNanos the debt as time, 0 or more
     * @param unitNanos the time that its units take at {@code rate}, 0 or more
     * @param now the time, in nanoseconds of any origin
     */
    public MeteredDebt(ThrottleLimits limits, LimitKey limit, long rate, long timeNanos, long unitNanos, long now) {
        super(limits.meteredRate(limit, rate), now);
        this.rate = rate;
        owe(timeNanos, unitNanos, now);
    }

    /**
     * Starts as another one stands.
     *
     * @param of the other one, which stays as it is
     */
    public MeteredDebt(MeteredDebt of) {
        super(of);
        rate = of.rate;
        excessNanos = of.excessNanos;
        changedAt = of.changedAt;
        paidAt = of.paidAt;
    }

    private void owe(long timeNanos, long unitNanos, long now) {
        set(now + Math.min(timeNanos, unitNanos));
        excessNanos = timeNanos - unitNanos;
        changedAt = now;
        paidAt = floor();
    }

    /**
     * Goes on at another rate. A moment that is past stays as it is.
     *
     * @param limits the limits that hold from now on
     * @param limit under which it is owed
     * @param newRate one of the limit's rates, in its units per second
     * @param now the time, in nanoseconds of any origin
     */
    public void rate(ThrottleLimits limits, LimitKey limit, long newRate, long now) {
        long timeNanos = timeNanos(now);
        long unitNanos = ThrottleDebt.unitNanos(unitNanos(now), rate, newRate);
        boolean owes = nanos(now) > 0;
        rate(limits.meteredRate(limit, newRate));
        rate = newRate;
        if (owes) {
            owe(timeNanos, unitNanos, now);
        }
    }

    /** {@return the rate, in the limit's own units per second} */
    public long rate() {
        return rate;
    }

    /**
     * {@return how long until all is paid for, rounded up to a whole nanosecond, 0 or more}
     *
     * @param now the time, in nanoseconds of any origin
     */
    public long nanos(long now) {
        return Math.max(0, ceil() - now);
    }

    /**
     * {@return the debt as time, no less than {@link #nanos}}
     *
     * @param now the time, in nanoseconds of any origin
     */
    public long timeNanos(long now) {
        return nanos(now) + Math.max(0, unpaidExcess(now));
    }

    /**
     * {@return the time that the units still owed take at the rate, no less than {@link #nanos}}
     *
     * @param now the time, in nanoseconds of any origin
     */
    public long unitNanos(long now) {
        return nanos(now) + Math.max(0, -unpaidExcess(now));
    }

    /** Time and units of a debt are paid to the same degree. */
    private long unpaidExcess(long now) {
        if (excessNanos == 0 || now - paidAt >= 0) {
            return 0;
        }
        return BigInteger.valueOf(excessNanos)
                .multiply(BigInteger.valueOf(paidAt - now))
                .divide(BigInteger.valueOf(paidAt - changedAt))
                .longValueExact();
    }
}
