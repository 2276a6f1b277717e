package dev.weir.metrics;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.throttle.LimitKey;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * All drives in the words of Prometheus: base units, seconds and bytes, and a label {@code drive}. What one scrape
 * says of one drive is of one moment.
 *
 * <p>Thread-safe.
 */
final class DriveMetrics implements MultiCollector {
    private static final double NANOS = 1e9;

    private final Supplier<? extends Collection<DriveControl>> drives;

    /**
     * Shows drives.
     *
     * @param drives asked for the drives that there are at each scrape
     */
    DriveMetrics(Supplier<? extends Collection<DriveControl>> drives) {
        this.drives = drives;
    }

    @Override
    public MetricSnapshots collect() {
        List<DriveSnapshot> now = drives.get().stream()
                .map(DriveControl::snapshot)
                .sorted(Comparator.comparing(DriveSnapshot::name))
                .toList();
        Families families = new Families(now);
        standing(families);
        work(families);
        throttling(families);
        return families.snapshots();
    }

    private static void standing(Families families) {
        families.gauge(
                "weir_drive_info",
                "What a drive is; always 1.",
                (drive, points) -> points.add(
                        1,
                        "policy",
                        drive.policy(),
                        "group",
                        Objects.requireNonNullElse(drive.group(), ""),
                        "backend",
                        drive.settings().backendType()));
        families.gauge("weir_drive_state", "1 for the state that a drive is in, 0 for the others.", (drive, points) -> {
            for (DriveSnapshot.State state : DriveSnapshot.State.values()) {
                points.add(drive.state() == state ? 1 : 0, "state", state.name().toLowerCase(Locale.ROOT));
            }
        });
        families.gauge(
                "weir_drive_size_bytes",
                "Size of a drive; 0 while it is not open.",
                (drive, points) -> points.add(drive.size()));
    }

    private static void work(Families families) {
        families.counter("weir_drive_requests", "Requests completed since the drive was opened.", (drive, points) -> {
            Counters counters = drive.counters();
            points.add(counters.reads(), "operation", "read");
            points.add(counters.writes(), "operation", "write");
            points.add(counters.flushes(), "operation", "flush");
        });
        families.counter("weir_drive_bytes", "Bytes that completed requests covered.", (drive, points) -> {
            points.add(drive.counters().readBytes(), "operation", "read");
            points.add(drive.counters().writeBytes(), "operation", "write");
        });
        families.counter(
                "weir_drive_failed_requests",
                "Requests completed with an error.",
                (drive, points) -> points.add(drive.counters().failed()));
        families.counter(
                "weir_drive_cancelled_requests",
                "Requests that a client took with it.",
                (drive, points) -> points.add(drive.counters().cancelled()));
        families.gauge(
                "weir_drive_requests_in_flight",
                "Requests that are with the backend.",
                (drive, points) -> points.add(drive.inFlight()));
    }

    private static void throttling(Families families) {
        families.gauge("weir_drive_requests_queued", "Requests that wait for a limit.", (drive, points) -> {
            points.add(drive.queuedReads(), "direction", "read");
            points.add(drive.queuedWrites(), "direction", "write");
        });
        families.counter(
                "weir_drive_held_requests",
                "Requests that had to wait in the queue.",
                (drive, points) -> points.add(drive.counters().held()));
        families.gauge(
                "weir_drive_limit_bytes_per_second",
                "Limits of a drive's own on bytes; absent where there is none.",
                (drive, points) -> limits(drive, points, true));
        families.gauge(
                "weir_drive_limit_requests_per_second",
                "Limits of a drive's own on requests; absent where there is none.",
                (drive, points) -> limits(drive, points, false));
        families.gauge(
                "weir_drive_owed_seconds", "How long until a limit is clear of all that went.", (drive, points) -> {
                    for (LimitKey limit : LimitKey.ALL) {
                        if (drive.limits().rate(limit) > 0) {
                            points.add(drive.debt().nanos(limit) / NANOS, "limit", limit.key());
                        }
                    }
                });
        families.counter(
                "weir_drive_timer_firings",
                "How often the timer of a drive has fired.",
                (drive, points) -> points.add(drive.timer().fired()));
        families.gauge(
                "weir_drive_timer_worst_lateness_seconds",
                "How much later than asked the timer of a drive fired at worst.",
                (drive, points) -> points.add(drive.timer().worstLateNanos() / NANOS));
    }

    private static void limits(DriveSnapshot drive, Families.Points points, boolean bytes) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limit.countsBytes() == bytes && drive.limits().rate(limit) > 0) {
                points.add(drive.limits().rate(limit), "direction", direction(limit));
            }
        }
    }

    private static String direction(LimitKey limit) {
        return limit.direction() == null ? "both" : limit.direction().name().toLowerCase(Locale.ROOT);
    }
}
