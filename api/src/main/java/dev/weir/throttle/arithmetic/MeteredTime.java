package dev.weir.throttle.arithmetic;

import dev.weir.throttle.ThrottleLimits;
import java.math.BigInteger;

/**
 * A moment, or a span, that moves on by the time that units take at a rate: exactly, for it keeps the part of
 * a nanosecond that is left over. After any number of {@link #add}s it is where one {@code add} of their
 * sum would have put it, so a policy that keeps its account in it never drifts.
 *
 * <p>Not thread-safe.
 */
public final class MeteredTime {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Up to here units × 10^9 fit into a long. */
    private static final long SHORT_UNITS = 1L << 33;

    /** What one {@code add} moves at the most, 73 years; see {@link ThrottleLimits#of}. */
    private static final BigInteger LONGEST = BigInteger.valueOf(1L << 61);

    private long unitsPerSecond;
    private long nanos;

    /** What is left over, in 1/unitsPerSecond of a nanosecond: 0 ≤ rest &lt; unitsPerSecond. */
    private long rest;

    /** The units asked for last and the time they take: requests come in few sizes, and divisions are slow. */
    private long knownUnits;

    private long knownNanos;
    private long knownRest;

    /**
     * Starts at a moment.
     *
     * @param unitsPerSecond the rate, from 1 to 4·10^18
     * @param nanos where to start
     */
    public MeteredTime(long unitsPerSecond, long nanos) {
        if (unitsPerSecond <= 0) {
            throw new IllegalArgumentException("unitsPerSecond = " + unitsPerSecond + ": must be 1 or more");
        }
        this.unitsPerSecond = unitsPerSecond;
        this.nanos = nanos;
    }

    /**
     * Starts where another one is, at its rate.
     *
     * @param of the other one, which stays as it is
     */
    public MeteredTime(MeteredTime of) {
        unitsPerSecond = of.unitsPerSecond;
        nanos = of.nanos;
        rest = of.rest;
    }

    /**
     * Moves on by what {@code units} (0 or more) take at the rate, at most 73 years at a time.
     *
     * @param units 0 or more
     */
    public void add(long units) {
        know(units);
        nanos += knownNanos;
        rest += knownRest;
        if (rest >= unitsPerSecond) {
            rest -= unitsPerSecond;
            nanos++;
        }
    }

    /**
     * {@return what {@link #ceil()} would be after {@link #add}; nothing moves}
     *
     * @param units 0 or more
     */
    public long ceilAfter(long units) {
        know(units);
        long parts = rest + knownRest;
        long carried = parts == 0 ? 0 : parts <= unitsPerSecond ? 1 : 2;
        return nanos + knownNanos + carried;
    }

    private void know(long units) {
        if (units == knownUnits) {
            return;
        }
        if (units <= SHORT_UNITS) {
            long parts = units * NANOS_PER_SECOND;
            knownNanos = parts / unitsPerSecond;
            knownRest = parts % unitsPerSecond;
        } else {
            BigInteger[] parts = BigInteger.valueOf(units)
                    .multiply(BigInteger.valueOf(NANOS_PER_SECOND))
                    .divideAndRemainder(BigInteger.valueOf(unitsPerSecond));
            knownNanos = parts[0].min(LONGEST).longValueExact();
            knownRest = parts[1].longValueExact();
        }
        knownUnits = units;
    }

    private void forget() {
        knownUnits = 0;
        knownNanos = 0;
        knownRest = 0;
    }

    /**
     * {@return how long the units that take {@code nanos} at one rate take at another, rounded down}
     *
     * @param nanos 0 or more
     * @param unitsPerSecond the rate at which they take that long, 1 or more
     * @param newUnitsPerSecond the other rate, 1 or more
     */
    public static long convert(long nanos, long unitsPerSecond, long newUnitsPerSecond) {
        return BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(unitsPerSecond))
                .divide(BigInteger.valueOf(newUnitsPerSecond))
                .min(LONGEST)
                .longValueExact();
    }

    /**
     * Goes to {@code newNanos} sharp.
     *
     * @param newNanos the moment
     */
    public void set(long newNanos) {
        nanos = newNanos;
        rest = 0;
    }

    /**
     * Moves on by whole nanoseconds, or back; what is left over stays.
     *
     * @param byNanos how far, in nanoseconds; negative is back
     */
    public void shift(long byNanos) {
        nanos += byNanos;
    }

    /**
     * Goes on at another rate from the same moment, rounded up to a whole nanosecond.
     *
     * @param newUnitsPerSecond the other rate, 1 or more
     */
    public void rate(long newUnitsPerSecond) {
        set(ceil());
        unitsPerSecond = newUnitsPerSecond;
        forget();
    }

    /** {@return the rate} */
    public long unitsPerSecond() {
        return unitsPerSecond;
    }

    /** {@return the last whole nanosecond that is not after this moment} */
    public long floor() {
        return nanos;
    }

    /** {@return the first whole nanosecond that is not before this moment} */
    public long ceil() {
        return rest == 0 ? nanos : nanos + 1;
    }
}
