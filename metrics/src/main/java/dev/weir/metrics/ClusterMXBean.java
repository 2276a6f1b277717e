package dev.weir.metrics;

import java.util.List;
import java.util.Map;

/**
 * The cluster in JMX: {@code dev.weir:type=Cluster,name="prod"}. Each value is read on demand, as this host knows it.
 */
public interface ClusterMXBean {

    /** Returns the name of this host. */
    String getHost();

    /** Returns the number of configured hosts. */
    int getConfiguredHosts();

    /** Returns the names of the reachable hosts, this one included. */
    List<String> getReachableHosts();

    /** Returns the coordinator that this host follows; empty for none. */
    String getCoordinator();

    /** Returns whether a majority of the configured hosts follows the coordinator. */
    boolean isMajority();

    /** Returns the time from a report to the coordinator's answer (ns); -1 while it is unknown. */
    long getRoundTripNanos();

    /** Returns the number of leases that ended before the next one. */
    long getLeasesLost();

    /** Returns how often this host lost the majority. */
    long getPartitions();

    /** Returns how often this host began to follow another coordinator. */
    long getCoordinatorChanges();

    /** Returns the shares of this host by group and limit, in the unit of the limit: bytes/s or requests/s. */
    Map<String, Map<String, Long>> getShares();

    /**
     * Returns the state of the shares by group: {@code starting}, {@code leased}, {@code last}, {@code safe}, {@code
     * held}.
     */
    Map<String, String> getStates();
}
