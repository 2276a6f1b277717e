package dev.weir.engine.statistics;

import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Counts latencies in the buckets of {@link dev.weir.drive.control.DriveHistograms.Histogram}: 16 for each power of
 * two. Allocates 6 KiB at the first sample because most of many drives are idle. See docs/design/decisions/016.
 *
 * <p>Thread-safe.
 */
public final class LatencyHistogram {
    private static final long HIGHEST_NANOS = TimeUnit.DAYS.toNanos(1);

    /** The places of the sum and of the maximum (ns). The counts of the buckets follow. */
    private static final int SUM = 0;

    private static final int MAX = 1;
    private static final int COUNTS = 2;

    private volatile @Nullable AtomicLongArray cells;

    public void record(long nanos) {
        long clamped = Math.max(0, Math.min(nanos, HIGHEST_NANOS));
        AtomicLongArray to = cells;
        to = to == null ? create() : to;
        // the maximum first, so that no percentile is above it
        if (clamped > to.get(MAX)) {
            to.accumulateAndGet(MAX, clamped, Math::max);
        }
        to.getAndAdd(SUM, clamped);
        to.getAndIncrement(COUNTS + Histogram.bucket(clamped) - Histogram.LOWEST);
    }

    private synchronized AtomicLongArray create() {
        AtomicLongArray created = cells;
        if (created == null) {
            created = new AtomicLongArray(COUNTS + Histogram.HIGHEST - Histogram.LOWEST + 1);
            cells = created;
        }
        return created;
    }

    /** Returns the counts by bucket. */
    public Histogram histogram() {
        AtomicLongArray current = cells;
        if (current == null) {
            return Histogram.NONE;
        }
        NavigableMap<Integer, Long> counts = new TreeMap<>();
        for (int bucket = Histogram.LOWEST; bucket <= Histogram.HIGHEST; bucket++) {
            long count = current.get(COUNTS + bucket - Histogram.LOWEST);
            if (count > 0) {
                counts.put(bucket, count);
            }
        }
        return new Histogram(current.get(SUM), counts);
    }

    public Percentiles percentiles() {
        Histogram still = histogram();
        long count = still.count();
        AtomicLongArray current = cells;
        if (count == 0 || current == null) {
            return Percentiles.NONE;
        }
        long max = current.get(MAX);
        return new Percentiles(
                count,
                Math.min(max, nanosOfRank(still, count * 0.5)),
                Math.min(max, nanosOfRank(still, count * 0.9)),
                Math.min(max, nanosOfRank(still, count * 0.99)),
                Math.min(max, nanosOfRank(still, count * 0.999)),
                max);
    }

    /** Returns the longest latency of the bucket that has the sample of a rank. */
    private static long nanosOfRank(Histogram histogram, double rank) {
        long below = 0;
        for (var bucket : histogram.counts().entrySet()) {
            below += bucket.getValue();
            if (below >= rank) {
                return Histogram.longestNanos(bucket.getKey());
            }
        }
        throw new IllegalStateException("a rank is at most the number of samples");
    }
}
