package dev.weir.metrics;

import dev.weir.drive.control.DriveSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** Collects the metric families of one scrape, with a data point for each drive. Not thread-safe. */
final class Families {

    /** Receives the values of one drive. */
    interface Points {
        /**
         * Adds a data point.
         *
         * @param labels names and values in turn, in addition to the label {@code drive}
         */
        void add(double value, String... labels);
    }

    /** Reads a metric from the snapshot of a drive. */
    interface Reader {
        void read(DriveSnapshot drive, Points points);
    }

    private final List<DriveSnapshot> drives;
    private final MetricSnapshots.Builder snapshots = MetricSnapshots.builder();

    Families(List<DriveSnapshot> drives) {
        this.drives = drives;
    }

    private static Labels labels(DriveSnapshot drive, String... others) {
        Labels name = Labels.of("drive", drive.name());
        return others.length == 0 ? name : name.merge(Labels.of(others));
    }

    /** Adds a gauge. */
    void gauge(String name, String help, Reader reader) {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
        for (DriveSnapshot drive : drives) {
            reader.read(
                    drive,
                    (value, others) -> family.dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels(drive, others))
                            .value(value)
                            .build()));
        }
        snapshots.metricSnapshot(family.build());
    }

    /** Adds a counter; Prometheus sees its name with the suffix {@code _total}. */
    void counter(String name, String help, Reader reader) {
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
        for (DriveSnapshot drive : drives) {
            reader.read(
                    drive,
                    (value, others) -> family.dataPoint(CounterDataPointSnapshot.builder()
                            .labels(labels(drive, others))
                            .value(value)
                            .build()));
        }
        snapshots.metricSnapshot(family.build());
    }

    MetricSnapshots snapshots() {
        return snapshots.build();
    }
}
