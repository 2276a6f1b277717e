package dev.weir.testkit.throttle;

import java.math.BigInteger;

/**
 * Exact check of releases against one rate from both sides. Upper bound: a window of length T contains at most rate ×
 * T plus the allowance plus one request. Lower bound: a saturated drive has at any moment released at least the rate
 * since the start less one request.
 *
 * <p>Amounts are kept in units × 10^9 because a nanosecond at the rate is then a whole number. Not thread-safe.
 */
public final class RateLaw {
    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);

    private final BigInteger rate;
    private final BigInteger allowance;
    private final long start;
    private long last;

    /** The level of a meter that leaks at the rate. The upper bound holds if it never exceeds the allowance. */
    private BigInteger level = BigInteger.ZERO;

    private BigInteger largest = BigInteger.ZERO;
    private BigInteger total = BigInteger.ZERO;

    /**
     * Starts a check.
     *
     * @param unitsPerSecond the rate
     * @param allowanceNanos the allowance beside one request, as time at the rate (ns)
     * @param start the time at which the drive began to be saturated (ns)
     */
    public RateLaw(long unitsPerSecond, long allowanceNanos, long start) {
        this.rate = BigInteger.valueOf(unitsPerSecond);
        this.allowance = rate.multiply(BigInteger.valueOf(allowanceNanos));
        this.start = start;
        this.last = start;
    }

    /**
     * Records a waiting request. The one request on top of a window may be as large.
     *
     * @param units the cost of the request
     */
    public void offered(long units) {
        largest = largest.max(BigInteger.valueOf(units).multiply(NANOS));
    }

    /**
     * Records a release.
     *
     * @param units the cost of the request
     * @param now the time (ns)
     */
    public void released(long units, long now) {
        BigInteger amount = BigInteger.valueOf(units).multiply(NANOS);
        level = level.subtract(rate.multiply(BigInteger.valueOf(now - last)))
                .max(BigInteger.ZERO)
                .add(amount);
        last = now;
        offered(units);
        total = total.add(amount);
        if (level.compareTo(allowance.add(largest)) > 0) {
            throw new AssertionError("too much: " + units + " units at " + (now - start) + " ns make a window of "
                    + level.divide(NANOS) + " units, allowed are " + allowance.divide(NANOS) + " and one request of "
                    + largest.divide(NANOS));
        }
    }

    /**
     * Checks the lower bound at the release of a waiting request.
     *
     * @param now the time (ns)
     * @param units the cost of that request, which is not yet counted
     */
    public void saturatedUntil(long now, long units) {
        BigInteger due = rate.multiply(BigInteger.valueOf(now - start));
        BigInteger request = BigInteger.valueOf(units).multiply(NANOS).max(largest);
        // waits are rounded up to a whole nanosecond, so a release may be late by one
        if (total.add(request).add(rate).compareTo(due) < 0) {
            throw new AssertionError("too little: " + total.divide(NANOS) + " units after " + (now - start)
                    + " ns, due are " + due.divide(NANOS) + " less one request of " + request.divide(NANOS));
        }
    }
}
