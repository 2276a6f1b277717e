package dev.weir.metrics;

import dev.weir.drive.control.DriveHistograms.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects the metric families of one scrape, with data points for each drive or group. Not thread-safe.
 *
 * @param <S> the type of the subjects: snapshots of drives or groups
 */
final class Families<S> {

    /**
     * The exponents of the bounds of the classic buckets (2^n seconds): 4 µs to 16 s. Each bound is also one of {@link
     * Histogram}, so the counts are exact.
     */
    private static final int[] BOUNDS = {-18, -16, -14, -12, -10, -8, -6, -4, -2, 0, 2, 4};

    private static final double NANOS = 1e9;

    /** Receives the values of one drive or group. */
    interface Points {
        /**
         * Adds a data point.
         *
         * @param labels names and values in turn, in addition to the label of the drive or group
         */
        void add(double value, String... labels);
    }

    /** Reads a metric from a snapshot. */
    interface Reader<S> {
        void read(S subject, Points points);
    }

    private final List<S> subjects;
    private final List<Labels> names = new ArrayList<>();
    private final MetricSnapshots.Builder snapshots;

    /**
     * Collects families of some subjects.
     *
     * @param label the label with the name of the subject
     * @param name returns the name
     * @param snapshots receives the families
     */
    Families(List<S> subjects, String label, Function<S, String> name, MetricSnapshots.Builder snapshots) {
        this.subjects = subjects;
        this.snapshots = snapshots;
        subjects.forEach(subject -> names.add(Labels.of(label, name.apply(subject))));
    }

    private static Labels labels(Labels name, String... others) {
        return others.length == 0 ? name : name.merge(Labels.of(others));
    }

    /** Returns the unit in a name, or null. */
    private static @Nullable Unit unit(String name) {
        if (name.endsWith("_bytes")) {
            return Unit.BYTES;
        }
        return name.endsWith("_seconds") ? Unit.SECONDS : name.endsWith("_ratio") ? Unit.RATIO : null;
    }

    /** Adds a gauge. */
    void gauge(String name, String help, Reader<S> reader) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name(name).help(help).unit(unit(name));
        for (int i = 0; i < subjects.size(); i++) {
            Labels subject = names.get(i);
            reader.read(
                    subjects.get(i),
                    (value, others) -> family.dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels(subject, others))
                            .value(value)
                            .build()));
        }
        snapshots.metricSnapshot(family.build());
    }

    /** Adds a counter; Prometheus sees its name with the suffix {@code _total}. */
    void counter(String name, String help, Reader<S> reader) {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name(name).help(help).unit(unit(name));
        for (int i = 0; i < subjects.size(); i++) {
            Labels subject = names.get(i);
            reader.read(
                    subjects.get(i),
                    (value, others) -> family.dataPoint(CounterDataPointSnapshot.builder()
                            .labels(labels(subject, others))
                            .value(value)
                            .build()));
        }
        snapshots.metricSnapshot(family.build());
    }

    /** Adds a histogram of seconds, classic and native. A subject without latencies has no data point. */
    void histogram(String name, String help, Function<S, Histogram> reader) {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(name).help(help).unit(unit(name));
        for (int i = 0; i < subjects.size(); i++) {
            Histogram histogram = reader.apply(subjects.get(i));
            if (!histogram.counts().isEmpty()) {
                family.dataPoint(point(histogram, names.get(i)));
            }
        }
        snapshots.metricSnapshot(family.build());
    }

    private static HistogramDataPointSnapshot point(Histogram histogram, Labels labels) {
        NavigableMap<Integer, Long> above = histogram.counts().tailMap(Histogram.LOWEST, false);
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .sum(histogram.sumNanos() / NANOS)
                .classicHistogramBuckets(classic(histogram))
                .nativeSchema(Histogram.SCHEMA)
                .nativeZeroThreshold(Math.scalb(1.0, Histogram.LOWEST / Histogram.BUCKETS_PER_OCTAVE))
                .nativeZeroCount(histogram.counts().getOrDefault(Histogram.LOWEST, 0L))
                .nativeBucketsForPositiveValues(
                        NativeHistogramBuckets.of(List.copyOf(above.keySet()), List.copyOf(above.values())))
                .build();
    }

    private static ClassicHistogramBuckets classic(Histogram histogram) {
        double[] bounds = new double[BOUNDS.length + 1];
        long[] counts = new long[BOUNDS.length + 1];
        int below = Integer.MIN_VALUE;
        for (int i = 0; i <= BOUNDS.length; i++) {
            boolean isLast = i == BOUNDS.length;
            int most = isLast ? Integer.MAX_VALUE : BOUNDS[i] * Histogram.BUCKETS_PER_OCTAVE;
            bounds[i] = isLast ? Double.POSITIVE_INFINITY : Math.scalb(1.0, BOUNDS[i]);
            for (long count :
                    histogram.counts().subMap(below, false, most, true).values()) {
                counts[i] += count;
            }
            below = most;
        }
        return ClassicHistogramBuckets.of(bounds, counts);
    }
}
