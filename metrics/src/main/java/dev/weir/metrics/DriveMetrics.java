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
 * Metrics of all drives by the conventions of Prometheus: base units (seconds, bytes) and a label {@code drive}. All
 * values of a drive in one scrape come from one snapshot.
 *
 * <p>Thread-safe. Design: {@code docs/design/decisions/016-metrics.md}.
 */
final class DriveMetrics implements MultiCollector {
    private static final double NANOS = 1e9;

    private final Supplier<? extends Collection<DriveControl>> drives;

    /**
     * Creates a collector.
     *
     * @param drives supplies the current drives; called at each scrape
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
        state(families);
        work(families);
        throttling(families);
        faults(families);
        return families.snapshots();
    }

    private static void state(Families families) {
        families.gauge(
                "weir_drive_info",
                "Policy, group and backend of a drive as labels; always 1.",
                (drive, points) -> points.add(
                        1,
                        "policy",
                        drive.policy(),
                        "group",
                        Objects.requireNonNullElse(drive.group(), ""),
                        "backend",
                        drive.settings().backendType()));
        families.gauge(
                "weir_drive_state", "State of a drive: 1 for the current state, 0 for the others.", (drive, points) -> {
                    for (DriveSnapshot.State state : DriveSnapshot.State.values()) {
                        points.add(
                                drive.state() == state ? 1 : 0,
                                "state",
                                state.name().toLowerCase(Locale.ROOT));
                    }
                });
        families.gauge(
                "weir_drive_size_bytes", "Size of a drive in bytes; absent while it is not open.", (drive, points) -> {
                    if (drive.isOpen()) {
                        points.add(drive.size());
                    }
                });
    }

    private static void work(Families families) {
        families.counter("weir_drive_requests", "Completed requests since the drive was opened.", (drive, points) -> {
            Counters counters = drive.counters();
            points.add(counters.reads(), "operation", "read");
            points.add(counters.writes(), "operation", "write");
            points.add(counters.flushes(), "operation", "flush");
        });
        families.counter("weir_drive_bytes", "Bytes of completed requests.", (drive, points) -> {
            points.add(drive.counters().readBytes(), "operation", "read");
            points.add(drive.counters().writeBytes(), "operation", "write");
        });
        families.counter(
                "weir_drive_failed_requests",
                "Requests that completed with an error.",
                (drive, points) -> points.add(drive.counters().failed()));
        families.counter(
                "weir_drive_cancelled_requests",
                "Requests cancelled because their client disconnected.",
                (drive, points) -> points.add(drive.counters().cancelled()));
        families.gauge(
                "weir_drive_requests_in_flight",
                "Requests in flight at the backend.",
                (drive, points) -> points.add(drive.inFlight()));
    }

    private static void throttling(Families families) {
        families.gauge("weir_drive_requests_queued", "Requests queued by a limit.", (drive, points) -> {
            points.add(drive.queuedReads(), "direction", "read");
            points.add(drive.queuedWrites(), "direction", "write");
        });
        families.counter(
                "weir_drive_held_requests",
                "Requests that a limit held in the queue.",
                (drive, points) -> points.add(drive.counters().held()));
        families.gauge(
                "weir_drive_limit_bytes_per_second",
                "Limits of the drive in bytes per second; absent if unset.",
                (drive, points) -> limits(drive, points, true));
        families.gauge(
                "weir_drive_limit_requests_per_second",
                "Limits of the drive in requests per second; absent if unset.",
                (drive, points) -> limits(drive, points, false));
        families.gauge("weir_drive_owed_seconds", "Debt of a limit: the time until it is paid.", (drive, points) -> {
            for (LimitKey limit : LimitKey.ALL) {
                if (drive.limits().rate(limit) > 0) {
                    points.add(drive.debt().nanos(limit) / NANOS, "limit", limit.key());
                }
            }
        });
        families.counter(
                "weir_drive_timer_firings",
                "Number of times that the timer of a drive fired.",
                (drive, points) -> points.add(drive.timer().fired()));
        families.gauge(
                "weir_drive_timer_worst_lateness_seconds",
                "Worst lateness of the timer of a drive.",
                (drive, points) -> points.add(drive.timer().worstLateNanos() / NANOS));
    }

    private static void faults(Families families) {
        families.counter(
                "weir_drive_fault_requests",
                "Requests that a fault on purpose has hit.",
                (drive, points) -> drive.faults()
                        .forEach(state -> points.add(
                                state.requests(), "fault", state.fault().name())));
        families.gauge(
                "weir_drive_fault_held_requests",
                "Requests that a fault on purpose holds.",
                (drive, points) -> drive.faults()
                        .forEach(state -> points.add(
                                state.holding(), "fault", state.fault().name())));
        families.gauge(
                "weir_drive_fault_active",
                "Whether a fault on purpose is active: 1 or 0.",
                (drive, points) -> drive.faults()
                        .forEach(state -> points.add(
                                state.active() ? 1 : 0, "fault", state.fault().name())));
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
