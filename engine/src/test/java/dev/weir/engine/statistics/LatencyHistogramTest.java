package dev.weir.engine.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.engine.EngineFixture;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static final double ERROR = 0.05;

    /** Powers of two in seconds: 30 ns and 18 hours. */
    private static final int LOWEST_POWER = -25;

    private static final int HIGHEST_POWER = 16;

    private final LatencyHistogram histogram = new LatencyHistogram();

    private static void near(long expected, long actual) {
        assertEquals(expected, actual, expected * ERROR);
    }

    @Test
    void emptyHistogramIsZero() {
        assertEquals(Percentiles.NONE, histogram.percentiles());
    }

    @Test
    void percentilesMatchTheSamples() {
        for (int micros = 1; micros <= 1000; micros++) {
            histogram.record(TimeUnit.MICROSECONDS.toNanos(micros));
        }
        Percentiles percentiles = histogram.percentiles();
        assertEquals(1000, percentiles.measured());
        near(500_000, percentiles.p50Nanos());
        near(900_000, percentiles.p90Nanos());
        near(990_000, percentiles.p99Nanos());
        near(999_000, percentiles.p999Nanos());
        near(1_000_000, percentiles.maxNanos());
    }

    @Test
    void outOfRangeValuesAreClamped() {
        histogram.record(-1);
        histogram.record(Long.MAX_VALUE);
        assertEquals(2, histogram.percentiles().measured());
        near(TimeUnit.DAYS.toNanos(1), histogram.percentiles().maxNanos());
    }

    @Test
    void heldTimesAreRecorded() {
        EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
        fixture.configure("vm1", "bucket", null, Map.of("iops", 10L));
        for (int i = 0; i < 11; i++) {
            fixture.submit("vm1", Operation.READ, 0, 512);
        }
        assertEquals(Percentiles.NONE, fixture.control("vm1").latencies().held());
        fixture.clock.advance(2 * EngineFixture.SECOND);
        Percentiles held = fixture.control("vm1").latencies().held();
        // a burst without waits is followed by a release every tenth of a second
        assertTrue(held.measured() >= 8 && held.measured() <= 10, held::toString);
        near((held.measured() + 1) * EngineFixture.SECOND / 10 - EngineFixture.SECOND / 10, held.maxNanos());
        assertTrue(fixture.control("vm1").latencies().backend().measured() > 0);
    }

    @Test
    void bucketsAtPowersOfTwoAreExact() {
        assertEquals(Histogram.NONE, histogram.histogram());
        for (int power = LOWEST_POWER; power <= HIGHEST_POWER; power++) {
            long bound = (long) Math.scalb(1e9, power);
            histogram.record(bound);
            histogram.record(bound + 1);
        }
        Histogram counted = histogram.histogram();
        assertEquals(2L * (HIGHEST_POWER - LOWEST_POWER + 1), counted.count());
        for (int power = LOWEST_POWER; power <= HIGHEST_POWER; power++) {
            long below = counted.counts().headMap(power * Histogram.BUCKETS_PER_OCTAVE, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertEquals(2L * (power - LOWEST_POWER) + 1, below, "2^" + power + " s");
        }
    }

    @Test
    void sumIsExact() {
        long sum = 0;
        for (int nanos = 1; nanos <= 1000; nanos++) {
            histogram.record(nanos * 12_347L);
            sum += nanos * 12_347L;
        }
        assertEquals(sum, histogram.histogram().sumNanos());
        assertEquals(1000, histogram.histogram().count());
        assertEquals(12_347_000, histogram.percentiles().maxNanos());
    }

    @Test
    void bucketsAreThoseOfNativeHistograms() {
        assertEquals(Histogram.LOWEST, Histogram.bucket(0));
        assertEquals(Histogram.LOWEST, Histogram.bucket(14));
        assertEquals(Histogram.LOWEST + 1, Histogram.bucket(15));
        assertEquals(0, Histogram.bucket(1_000_000_000));
        assertEquals(1, Histogram.bucket(1_000_000_001));
        assertEquals(Histogram.HIGHEST, Histogram.bucket(Long.MAX_VALUE));
        for (int bucket = Histogram.LOWEST + 1; bucket < Histogram.HIGHEST; bucket++) {
            long longest = Histogram.longestNanos(bucket);
            double bound = Math.pow(2, (double) bucket / (1 << Histogram.SCHEMA));
            assertTrue(longest <= bound * 1e9 && longest + 1 > bound * 1e9, "bound of " + bucket);
            if (longest > Histogram.longestNanos(bucket - 1)) { // a few of the first are narrower than a nanosecond
                assertEquals(bucket, Histogram.bucket(Histogram.longestNanos(bucket - 1) + 1));
                assertEquals(bucket, Histogram.bucket(longest));
            }
        }
    }

    @Test
    void everyLatencyIsInItsBucket() {
        new Random(1).doubles(100_000, 4, 46).forEach(power -> {
            long nanos = (long) Math.pow(2, power);
            int bucket = Histogram.bucket(nanos);
            assertTrue(
                    nanos <= Histogram.longestNanos(bucket) && nanos > Histogram.longestNanos(bucket - 1),
                    () -> nanos + " ns in " + bucket);
        });
    }
}
