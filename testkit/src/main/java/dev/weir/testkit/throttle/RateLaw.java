package dev.weir.testkit.throttle;

import java.math.BigInteger;

/**
 * Checks in exact arithmetic that releases keep to one rate, from both sides. In every window of length T no more
 * is released than rate × T, the allowance and one request; and a saturated drive has at any moment released at
 * least what the rate gives since the start, less one request.
 *
 * <p>Amounts are kept in units × 10^9, so that a nanosecond at the rate is a whole number. Not thread-safe.
 */
public final class RateLaw {
    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);

    private final BigInteger rate;
    private final BigInteger allowance;
    private final long start;
    private long last;

    /** What a meter that leaks at the rate would hold; never above the allowance if every window keeps to it. */
    private BigInteger level = BigInteger.ZERO;

    private BigInteger largest = BigInteger.ZERO;
    private BigInteger total = BigInteger.ZERO;

    /**
     * Starts checking.
     *
     * @param unitsPerSecond the rate
     * @param allowanceNanos what may go at once beside one request, in time at the rate
     * @param start when the drive began to be saturated
     */
    public RateLaw(long unitsPerSecond, long allowanceNanos, long start) {
        this.rate = BigInteger.valueOf(unitsPerSecond);
        this.allowance = rate.multiply(BigInteger.valueOf(allowanceNanos));
        this.start = start;
        this.last = start;
    }

    /** Takes note of a request that waits; the one request that a window may have on top may be as large. */
    public void offered(long units) {
        largest = largest.max(BigInteger.valueOf(units).multiply(NANOS));
    }

    /** Takes note of a release. */
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

    /** Checks that enough has been released until now, before a request of {@code units} that has been waiting goes. */
    public void saturatedUntil(long now, long units) {
        BigInteger due = rate.multiply(BigInteger.valueOf(now - start));
        BigInteger request = BigInteger.valueOf(units).multiply(NANOS).max(largest);
        // a wait is a whole number of nanoseconds, so one of them may pass before what is due can go
        if (total.add(request).add(rate).compareTo(due) < 0) {
            throw new AssertionError("too little: " + total.divide(NANOS) + " units after " + (now - start)
                    + " ns, due are " + due.divide(NANOS) + " less one request of " + request.divide(NANOS));
        }
    }
}
