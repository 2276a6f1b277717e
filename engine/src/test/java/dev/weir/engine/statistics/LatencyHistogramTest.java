package dev.weir.engine.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.engine.EngineFixture;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static final double ERROR = 0.0625;

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
        for (int power = 5; power < 40; power++) {
            histogram.record((1L << power) - 1);
            histogram.record((1L << power) + 16);
        }
        Histogram counted = histogram.histogram();
        assertEquals(70, counted.count());
        for (int power = 5; power < 40; power++) {
            long below = counted.counts().headMap(power * Histogram.BUCKETS_PER_OCTAVE, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertEquals(2L * (power - 5) + 1, below, "2^" + power);
        }
    }

    @Test
    void sumIsNearTheSumOfTheSamples() {
        for (int micros = 1; micros <= 1000; micros++) {
            histogram.record(TimeUnit.MICROSECONDS.toNanos(micros));
        }
        near(500_500_000, histogram.histogram().sumNanos());
        assertEquals(1000, histogram.histogram().count());
    }

    @Test
    void bucketsAreThoseOfNativeHistograms() {
        assertEquals(0, Histogram.bucket(0));
        assertEquals(0, Histogram.bucket(1));
        assertEquals(4, Histogram.bucket(2));
        assertEquals(40, Histogram.bucket(1024));
        assertEquals(41, Histogram.bucket(1025));
        assertEquals(41, Histogram.bucket(1217));
        assertEquals(42, Histogram.bucket(1218));
    }
}
