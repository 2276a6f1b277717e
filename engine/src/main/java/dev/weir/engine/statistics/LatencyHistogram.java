package dev.weir.engine.statistics;

import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of latencies. Allocates 5 KiB at the first sample because most of many drives are idle.
 *
 * <p>Thread-safe.
 */
public final class LatencyHistogram {
    private static final long LOWEST_NANOS = 16;
    private static final long HIGHEST_NANOS = TimeUnit.DAYS.toNanos(1);
    private static final int DIGITS = 1;

    private volatile @Nullable AtomicHistogram histogram;

    public void record(long nanos) {
        AtomicHistogram to = histogram;
        (to == null ? create() : to).recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    }

    private synchronized AtomicHistogram create() {
        AtomicHistogram created = histogram;
        if (created == null) {
            created = new AtomicHistogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
            histogram = created;
        }
        return created;
    }

    /** Returns the counts by bucket. */
    public Histogram histogram() {
        AtomicHistogram current = histogram;
        if (current == null) {
            return Histogram.NONE;
        }
        NavigableMap<Integer, Long> counts = new TreeMap<>();
        double sum = 0;
        for (HistogramIterationValue value : current.copy().recordedValues()) {
            long count = value.getCountAddedInThisIterationStep();
            // the lowest value of a step, because the bounds of octaves are among these
            long lowest = current.lowestEquivalentValue(value.getValueIteratedTo());
            long highest = current.highestEquivalentValue(value.getValueIteratedTo());
            counts.merge(Histogram.bucket(lowest + 1), count, Long::sum);
            sum += (lowest + highest) / 2.0 * count;
        }
        return new Histogram(Math.round(sum), counts);
    }

    public Percentiles percentiles() {
        AtomicHistogram current = histogram;
        if (current == null) {
            return Percentiles.NONE;
        }
        AtomicHistogram still = current.copy();
        return new Percentiles(
                still.getTotalCount(),
                still.getValueAtPercentile(50),
                still.getValueAtPercentile(90),
                still.getValueAtPercentile(99),
                still.getValueAtPercentile(99.9),
                still.getMaxValue());
    }
}
