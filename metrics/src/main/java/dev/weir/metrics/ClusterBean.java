package dev.weir.metrics;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The cluster in JMX. Thread-safe. */
final class ClusterBean implements ClusterMXBean {
    private final ClusterControl cluster;

    ClusterBean(ClusterControl cluster) {
        this.cluster = cluster;
    }

    @Override
    public String getHost() {
        return cluster.local().host();
    }

    @Override
    public int getConfiguredHosts() {
        return cluster.local().hosts();
    }

    @Override
    public List<String> getReachableHosts() {
        return cluster.local().members().stream()
                .map(ClusterSnapshot.Member::host)
                .toList();
    }

    @Override
    public String getCoordinator() {
        return Objects.requireNonNullElse(cluster.local().coordinator(), "");
    }

    @Override
    public boolean isMajority() {
        return cluster.local().hasMajority();
    }

    @Override
    public long getRoundTripNanos() {
        return cluster.local().roundTripNanos();
    }

    @Override
    public long getLeasesLost() {
        return cluster.local().leasesLost();
    }

    @Override
    public long getPartitions() {
        return cluster.local().partitions();
    }

    @Override
    public long getCoordinatorChanges() {
        return cluster.local().coordinatorChanges();
    }

    @Override
    public Map<String, Map<String, Long>> getShares() {
        Map<String, Map<String, Long>> shares = new TreeMap<>();
        for (ClusterSnapshot.Group group : cluster.local().groups()) {
            Map<String, Long> share = new TreeMap<>();
            group.share().forEach((limit, rate) -> share.put(limit.key(), rate));
            shares.put(group.name(), share);
        }
        return shares;
    }

    @Override
    public Map<String, String> getStates() {
        Map<String, String> states = new TreeMap<>();
        cluster.local().groups().forEach(group -> states.put(group.name(), group.state()));
        return states;
    }
}
