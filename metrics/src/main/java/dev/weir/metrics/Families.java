package dev.weir.metrics;

import dev.weir.drive.control.DriveSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** Metrics that are said of each of some drives. For one scrape, on one thread. */
final class Families {

    /** Where the values of one drive go. */
    interface Points {
        /**
         * Adds one.
         *
         * @param labels names and values in turn, beside the drive's own
         */
        void add(double value, String... labels);
    }

    /** What a metric says of one drive. */
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

    /** Adds what may go up and down. */
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

    /** Adds what only goes up; {@code _total} comes behind its name. */
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
