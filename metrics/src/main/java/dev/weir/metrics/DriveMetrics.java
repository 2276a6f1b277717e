package dev.weir.metrics;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Metrics of all drives and groups by the conventions of Prometheus: base units (seconds, bytes) and a label {@code
 * drive} or {@code group}. All values of a drive in one scrape come from one snapshot; only its histograms are read
 * after it.
 *
 * <p>Thread-safe. Design: {@code docs/design/decisions/016-metrics.md}.
 */
final class DriveMetrics implements MultiCollector {
    private static final double NANOS = 1e9;

    private final Supplier<? extends Collection<DriveControl>> drives;
    private final Supplier<? extends Collection<GroupControl>> groups;

    /** A drive at one moment. */
    private record Drive(DriveControl control, DriveSnapshot now) {}

    /**
     * Creates a collector.
     *
     * @param drives supplies the current drives; called at each scrape
     * @param groups supplies the current groups
     */
    DriveMetrics(
            Supplier<? extends Collection<DriveControl>> drives, Supplier<? extends Collection<GroupControl>> groups) {
        this.drives = drives;
        this.groups = groups;
    }

    @Override
    public MetricSnapshots collect() {
        List<Drive> all = drives.get().stream()
                .map(control -> new Drive(control, control.snapshot()))
                .sorted(Comparator.comparing(drive -> drive.now.name()))
                .toList();
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        List<DriveSnapshot> now = all.stream().map(Drive::now).toList();
        Families<DriveSnapshot> families = new Families<>(now, "drive", DriveSnapshot::name, snapshots);
        state(families);
        work(families);
        throttling(families);
        limits(families);
        faults(families);
        latencies(new Families<>(all, "drive", drive -> drive.now.name(), snapshots));
        GroupMetrics.add(new Families<>(
                groups.get().stream()
                        .map(GroupControl::snapshot)
                        .sorted(Comparator.comparing(GroupSnapshot::name))
                        .toList(),
                "group",
                GroupSnapshot::name,
                snapshots));
        return snapshots.build();
    }

    private static void latencies(Families<Drive> families) {
        families.histogram(
                "weir_drive_held_seconds",
                "Time that released requests waited for a limit.",
                drive -> drive.control.histograms().held());
        families.histogram(
                "weir_drive_backend_seconds",
                "Time of requests behind the limits, filters included; requests that do not block are sampled.",
                drive -> drive.control.histograms().backend());
    }

    private static void state(Families<DriveSnapshot> families) {
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

    private static void work(Families<DriveSnapshot> families) {
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
        families.counter(
                "weir_drive_backend_reconnects",
                "Number of times that the backend reached its storage again after it had lost it.",
                (drive, points) -> points.add(drive.counters().reconnects()));
        families.gauge(
                "weir_drive_requests_in_flight",
                "Requests in flight at the backend.",
                (drive, points) -> points.add(drive.inFlight()));
    }

    private static void throttling(Families<DriveSnapshot> families) {
        families.gauge("weir_drive_requests_queued", "Requests queued by a limit.", (drive, points) -> {
            points.add(drive.queuedReads(), "direction", "read");
            points.add(drive.queuedWrites(), "direction", "write");
        });
        families.counter(
                "weir_drive_held_requests",
                "Requests that a limit held in the queue.",
                (drive, points) -> points.add(drive.counters().held()));
        families.gauge(
                "weir_drive_requests_held",
                "Queued requests by the limit that holds the first of them.",
                DriveMetrics::heldBy);
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

    /** Reads and writes have one entry each if different limits hold them. */
    private static void heldBy(DriveSnapshot drive, Families.Points points) {
        String[] holders = drive.heldBy().split(", ", 2);
        if (drive.heldBy().isEmpty()) {
            return;
        }
        if (holders.length == 1) {
            points.add((double) drive.queuedReads() + drive.queuedWrites(), "limit", holders[0]);
        } else {
            points.add(drive.queuedReads(), "limit", holders[0]);
            points.add(drive.queuedWrites(), "limit", holders[1]);
        }
    }

    private static void limits(Families<DriveSnapshot> families) {
        families.gauge(
                "weir_drive_limit_bytes_per_second",
                "Limits of the drive in bytes per second; absent if unset.",
                (drive, points) -> limits(drive.limits(), points, true));
        families.gauge(
                "weir_drive_limit_requests_per_second",
                "Limits of the drive in requests per second; absent if unset.",
                (drive, points) -> limits(drive.limits(), points, false));
        families.gauge(
                "weir_drive_burst_credit_bytes",
                "Bytes that a burst can still use; absent without one.",
                (drive, points) -> BurstCredit.units(drive.limits(), drive.debt(), points, true));
        families.gauge(
                "weir_drive_burst_credit_requests",
                "Requests that a burst can still use; absent without one.",
                (drive, points) -> BurstCredit.units(drive.limits(), drive.debt(), points, false));
        families.gauge(
                "weir_drive_burst_left_seconds",
                "Time for which a burst can go on at its full rate; absent without one.",
                (drive, points) -> BurstCredit.seconds(drive.limits(), drive.debt(), points));
        families.gauge(
                "weir_drive_weight",
                "Weight of the drive in the limits of its group; absent without one.",
                (drive, points) -> {
                    if (drive.group() != null) {
                        points.add(drive.share().weight());
                    }
                });
        families.gauge(
                "weir_drive_min_bytes_per_second",
                "Minimum of the drive in bytes per second; absent if unset.",
                (drive, points) -> GroupMetrics.minimum(drive.share().minBps(), points));
        families.gauge(
                "weir_drive_min_requests_per_second",
                "Minimum of the drive in requests per second; absent if unset.",
                (drive, points) -> GroupMetrics.minimum(drive.share().minIops(), points));
    }

    private static void faults(Families<DriveSnapshot> families) {
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

    /** Adds the limits of one unit by direction. */
    static void limits(ThrottleLimits limits, Families.Points points, boolean bytes) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limit.countsBytes() == bytes && limits.rate(limit) > 0) {
                points.add(limits.rate(limit), "direction", direction(limit));
            }
        }
    }

    /** Returns the direction of a limit as a label. */
    static String direction(LimitKey limit) {
        return limit.direction() == null ? "both" : limit.direction().name().toLowerCase(Locale.ROOT);
    }
}
