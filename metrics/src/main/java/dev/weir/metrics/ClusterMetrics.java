package dev.weir.metrics;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.throttle.LimitKey;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of the cluster as this host knows it: its coordinator and its own shares. A scrape sends nothing to other
 * hosts. Thread-safe.
 */
final class ClusterMetrics implements MultiCollector {
    private static final double NANOS = 1e9;

    private final Supplier<? extends @Nullable ClusterControl> cluster;

    /**
     * Creates a collector.
     *
     * @param cluster supplies the cluster, null while it is off; called at each scrape
     */
    ClusterMetrics(Supplier<? extends @Nullable ClusterControl> cluster) {
        this.cluster = cluster;
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
        ClusterControl current = cluster.get();
        if (current != null) {
            ClusterSnapshot now = current.local();
            hosts(new Families<>(List.of(now), "cluster", ClusterSnapshot::cluster, snapshots));
            shares(new Families<>(now.groups(), "group", ClusterSnapshot.Group::name, snapshots));
        }
        return snapshots.build();
    }

    private static void hosts(Families<ClusterSnapshot> families) {
        families.gauge(
                "weir_cluster_info",
                "This host and its coordinator as labels; always 1.",
                (now, points) -> points.add(
                        1, "host", now.host(), "coordinator", Objects.requireNonNullElse(now.coordinator(), "")));
        families.gauge("weir_cluster_hosts_configured", "Configured hosts.", (now, points) -> points.add(now.hosts()));
        families.gauge(
                "weir_cluster_hosts_reachable",
                "Reachable hosts, this one included.",
                (now, points) -> points.add(now.members().size()));
        families.gauge(
                "weir_cluster_majority",
                "Whether a majority of the configured hosts follows the coordinator: 1 or 0.",
                (now, points) -> points.add(now.hasMajority() ? 1 : 0));
        families.gauge(
                "weir_cluster_round_trip_seconds",
                "Time from a report to the answer of the coordinator; absent while it is unknown.",
                (now, points) -> {
                    if (now.roundTripNanos() >= 0) {
                        points.add(now.roundTripNanos() / NANOS);
                    }
                });
        families.counter(
                "weir_cluster_leases_lost",
                "Leases of this host that ended before the next one.",
                (now, points) -> points.add(now.leasesLost()));
        families.counter(
                "weir_cluster_partitions",
                "Times that this host lost the majority.",
                (now, points) -> points.add(now.partitions()));
        families.counter(
                "weir_cluster_coordinator_changes",
                "Times that this host began to follow another coordinator.",
                (now, points) -> points.add(now.coordinatorChanges()));
    }

    private static void shares(Families<ClusterSnapshot.Group> families) {
        families.gauge(
                "weir_group_leased",
                "Whether this host has a lease on a share of the group's limits: 1 or 0.",
                (group, points) -> points.add(group.endsInNanos() >= 0 ? 1 : 0));
        families.gauge(
                "weir_group_lease_left_seconds", "Time until the lease ends; absent without one.", (group, points) -> {
                    if (group.endsInNanos() >= 0) {
                        points.add(group.endsInNanos() / NANOS);
                    }
                });
        families.gauge(
                "weir_group_share_bytes_per_second",
                "Share of this host in the limits in bytes per second; absent without a limit.",
                (group, points) -> share(group, points, true));
        families.gauge(
                "weir_group_share_requests_per_second",
                "Share of this host in the limits in requests per second; absent without a limit.",
                (group, points) -> share(group, points, false));
    }

    private static void share(ClusterSnapshot.Group group, Families.Points points, boolean bytes) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limit.countsBytes() == bytes && group.limits().rate(limit) > 0) {
                points.add(group.share().getOrDefault(limit, 0L), "direction", DriveMetrics.direction(limit));
            }
        }
    }
}
