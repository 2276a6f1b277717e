package dev.weir.throttle.arithmetic;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.math.BigInteger;

/**
 * The moment at which all charges under a limit are paid. A change of the limit keeps the debt as time and as units,
 * and the shorter of both holds. A lower limit therefore never lengthens a debt, a higher one shortens it at once,
 * and a change there and back changes nothing.
 *
 * <p>Worked numbers: 1 MiB owed at 1 KiB/s takes 1,024 s. At 100 MiB/s the same units take 10 ms, which then hold.
 * Back at 1 KiB/s in the same moment, 1,024 s hold again. Back after 5 ms, half of the units are paid, and 512 s
 * hold.
 *
 * <p>A charge is {@link #add}. Call {@link #set}{@code (now)} before it if {@link #nanos}{@code (now)} is 0. Otherwise
 * idle time counts as credit without a bound. {@link #add}, {@link #set} and {@link #shift} move the debt as time and
 * as units alike: they move the earlier of the two moments, and the distance to the later one stays. {@link #floor} and
 * {@link #ceil} are the earlier moment. Change the rate by {@link #rate(ThrottleLimits, LimitKey, long, long)} alone,
 * because the inherited {@link #rate(long)} keeps no debt as units.
 *
 * <p>Queries change nothing. {@link #nanos} takes any time, also an earlier one than the call before. {@link
 * #timeNanos} and {@link #unitNanos} take any time since the last change of rate.
 *
 * <p>Not thread-safe.
 */
public final class MeteredDebt extends MeteredTime {

    /** The rate in the limit's own units per second, independent of {@link ThrottleLimits#iopsSize()}. */
    private long rate;

    /**
     * The excess of the debt as time over the debt as units at the last change of rate, in nanoseconds; may be
     * negative.
     */
    private long excessNanos;

    /** The two moments between which that debt, and the excess with it, is paid. */
    private long changedAt;

    private long paidAt;

    /**
     * Starts with a debt.
     *
     * @param limits the limits
     * @param limit the limit of the debt
     * @param rate a rate of the limit, in its own units per second
     * @param timeNanos the debt as time, 0 or more
     * @param unitNanos the time that its units take at {@code rate}, 0 or more
     * @param now the time (ns) with any origin
     */
    public MeteredDebt(ThrottleLimits limits, LimitKey limit, long rate, long timeNanos, long unitNanos, long now) {
        super(limits.meteredRate(limit, rate), now);
        this.rate = rate;
        owe(timeNanos, unitNanos, now);
    }

    /**
     * Copies another one.
     *
     * @param of the unchanged original
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
     * Changes the rate. A debt is kept as time and as units. Without a debt the moment of the last payment stays in the
     * past, and so does the idle time since then.
     *
     * @param limits the new limits
     * @param limit the limit of the debt
     * @param newRate a rate of the limit, in its own units per second
     * @param now the time (ns) with any origin
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

    /** {@return the rate in the limit's own units per second} */
    public long rate() {
        return rate;
    }

    /**
     * {@return the time (ns) until everything is paid; rounded up, 0 or more}
     *
     * @param now the time (ns) with any origin
     */
    public long nanos(long now) {
        return Math.max(0, ceil() - now);
    }

    /**
     * {@return the debt as time (ns); no less than {@link #nanos}}
     *
     * @param now the time (ns) with any origin
     */
    public long timeNanos(long now) {
        return nanos(now) + Math.max(0, unpaidExcess(now));
    }

    /**
     * {@return the time (ns) that the units still owed take at the rate; no less than {@link #nanos}}
     *
     * @param now the time (ns) with any origin
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
