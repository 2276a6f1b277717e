package dev.weir.cluster.broker;

import dev.weir.cluster.lease.ClusterNode;
import dev.weir.log.RateLimitedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs the changes of the cluster that operators follow. Confined to the thread of the broker. */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBroker.class);
    private static final RateLimitedLog UNLISTED = new RateLimitedLog("hosts of the cluster", LOG::warn);

    private final String cluster;
    private final int hosts;
    private @Nullable String coordinator;
    private boolean hadMajority;
    private long leasesLost;
    private long partitions;
    private long coordinatorChanges;

    /**
     * Creates an object with all counts at 0.
     *
     * @param hosts the number of configured hosts
     */
    Changes(String cluster, int hosts) {
        this.cluster = cluster;
        this.hosts = hosts;
    }

    /** Counts a lease of a group that ended before the next one. */
    void leaseLost(String group) {
        leasesLost++;
        LOG.warn("group {}: its lease ended before the coordinator renewed it", group);
    }

    /** Compares the host with its state at the last call. */
    void observe(ClusterNode node) {
        String followed = node.followed();
        if (followed != null && !followed.equals(coordinator)) {
            coordinatorChanges += coordinator == null ? 0 : 1;
            coordinator = followed;
            LOG.info("cluster {}: {} is the coordinator", cluster, followed);
        }
        boolean hasMajority = node.isEstablished();
        if (hadMajority && !hasMajority) {
            partitions++;
            LOG.warn("cluster {}: no majority of its {} hosts", cluster, hosts);
        } else if (!hadMajority && hasMajority) {
            LOG.info("cluster {}: a majority of its hosts follows {}", cluster, followed);
        }
        hadMajority = hasMajority;
        if (node.hasUnlisted()) {
            UNLISTED.write(() -> "cluster " + cluster + " has more hosts than the " + hosts
                    + " that are configured; some have no lease");
        }
    }

    /** Returns how often a lease ended before the next one. */
    long leasesLost() {
        return leasesLost;
    }

    /** Returns how often the host lost the majority. */
    long partitions() {
        return partitions;
    }

    /** Returns how often the host began to follow another coordinator. */
    long coordinatorChanges() {
        return coordinatorChanges;
    }
}
