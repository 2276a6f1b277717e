package dev.weir.throttle.arithmetic;

import dev.weir.throttle.ThrottleLimits;
import java.math.BigInteger;

/**
 * A moment or a span that advances by the time that units take at a rate. Exact, because it keeps the fraction of a
 * nanosecond: after any number of {@link #add}s it is where one {@code add} of their sum would be. A policy that
 * keeps its account in it does not drift. A level that is refilled by rate × elapsed loses a remainder at each query.
 *
 * <p>Not thread-safe.
 */
public class MeteredTime {
    // why a moment and not a level: docs/design/decisions/002-accounts-are-moments.md

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** The most units for which units × 10^9 fit into a long. */
    private static final long SHORT_UNITS = 1L << 33;

    /** The largest step of one {@code add}: 73 years; see {@link ThrottleLimits#of}. */
    private static final BigInteger LONGEST = BigInteger.valueOf(1L << 61);

    private long unitsPerSecond;
    private long nanos;

    /** The remainder, in 1/unitsPerSecond of a nanosecond: 0 ≤ rest &lt; unitsPerSecond. */
    private long rest;

    /** The last units and their time. Cached because requests have few sizes and a division is slow. */
    private long knownUnits;

    private long knownNanos;
    private long knownRest;

    /**
     * Starts at a moment.
     *
     * @param unitsPerSecond the rate from 1 to 4·10^18
     * @param nanos the moment (ns)
     */
    public MeteredTime(long unitsPerSecond, long nanos) {
        if (unitsPerSecond <= 0) {
            throw new IllegalArgumentException("unitsPerSecond = " + unitsPerSecond + ": must be 1 or more");
        }
        this.unitsPerSecond = unitsPerSecond;
        this.nanos = nanos;
    }

    /**
     * Copies another one with its rate.
     *
     * @param of the unchanged original
     */
    public MeteredTime(MeteredTime of) {
        unitsPerSecond = of.unitsPerSecond;
        nanos = of.nanos;
        rest = of.rest;
    }

    /**
     * Advances by the time that {@code units} take at the rate, at most 73 years.
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
     * {@return the value of {@link #ceil()} after an {@link #add}, without advancing}
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
     * {@return the time (ns) that the same units take at another rate; rounded down}
     *
     * @param nanos the time at the first rate (ns); 0 or more
     * @param unitsPerSecond the first rate; 1 or more
     * @param newUnitsPerSecond the other rate; 1 or more
     */
    public static long convert(long nanos, long unitsPerSecond, long newUnitsPerSecond) {
        return BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(unitsPerSecond))
                .divide(BigInteger.valueOf(newUnitsPerSecond))
                .min(LONGEST)
                .longValueExact();
    }

    /**
     * Sets the moment and clears the remainder.
     *
     * @param newNanos the moment (ns)
     */
    public void set(long newNanos) {
        nanos = newNanos;
        rest = 0;
    }

    /**
     * Moves by whole nanoseconds and keeps the remainder.
     *
     * @param byNanos the distance (ns); negative moves back
     */
    public void shift(long byNanos) {
        nanos += byNanos;
    }

    /**
     * Changes the rate. The moment stays but is rounded up to a whole nanosecond.
     *
     * @param newUnitsPerSecond the new rate; 1 or more
     */
    public void rate(long newUnitsPerSecond) {
        set(ceil());
        unitsPerSecond = newUnitsPerSecond;
        forget();
    }

    /** {@return the rate in units per second} */
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
