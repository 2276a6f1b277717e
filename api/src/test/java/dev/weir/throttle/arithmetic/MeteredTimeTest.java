package dev.weir.throttle.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class MeteredTimeTest {
    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);

    @Property
    void manyAddsEqualOneSum(
            @ForAll @LongRange(min = 1, max = 4_000_000_000_000_000_000L) long rate,
            @ForAll long origin,
            @ForAll @Size(max = 50) List<@LongRange(max = 1L << 40) Long> units) {
        MeteredTime time = new MeteredTime(rate, origin);
        BigInteger sum = BigInteger.ZERO;
        for (long amount : units) {
            sum = sum.add(BigInteger.valueOf(amount));
            BigInteger[] parts = sum.multiply(NANOS).divideAndRemainder(BigInteger.valueOf(rate));
            if (parts[0].bitLength() > 61) {
                return;
            }
            long expectedCeil = parts[0].longValueExact() + parts[1].signum();
            assertEquals(expectedCeil, time.ceilAfter(amount) - origin);
            time.add(amount);
            assertEquals(parts[0].longValueExact(), time.floor() - origin);
            assertEquals(expectedCeil, time.ceil() - origin);
        }
    }

    @Property
    void rateChangeKeepsTheMoment(
            @ForAll @LongRange(min = 1, max = 1L << 50) long rate,
            @ForAll @LongRange(min = 1, max = 1L << 50) long newRate,
            @ForAll @LongRange(max = 1 << 25) long units) {
        MeteredTime time = new MeteredTime(rate, 0);
        time.add(units);
        long before = time.ceil();
        time.rate(newRate);
        assertEquals(before, time.ceil());
        time.add(newRate);
        assertEquals(before + 1_000_000_000L, time.ceil());
    }

    @Example
    void oneAddMovesAtMost73Years() {
        MeteredTime time = new MeteredTime(1, 0);
        time.add(Long.MAX_VALUE);
        assertEquals(1L << 61, time.floor());
    }

    @Example
    void aShiftKeepsWhatIsLeftOver() {
        MeteredTime time = new MeteredTime(3, 0);
        time.add(1);
        time.shift(-333_333_333);
        assertEquals(0, time.floor());
        assertEquals(1, time.ceil());
        time.add(2);
        assertEquals(666_666_667, time.ceil());
        assertEquals(666_666_667, time.floor());
    }

    @Example
    void unitsAreConvertedRoundedDown() {
        assertEquals(333, MeteredTime.convert(500, 2, 3));
    }

    @Example
    void aRateBelowOneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new MeteredTime(0, 0));
    }
}
