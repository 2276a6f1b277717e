package dev.weir.cluster;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Divides the limits of groups among the hosts of a cluster. The engine adds each group whose scope is the cluster. The
 * broker then reads the group's demand and leases it a share of its limits. No call is in the path of a request.
 *
 * <p>At every moment the sum of the shares of all hosts must be at most the limit. Until the broker leases a share the
 * group has its least share; see {@link ClusterScope#least}.
 *
 * <p>Thread-safe. The methods must not block.
 */
@ConsumerType
public interface LimitBroker {

    /**
     * Adds a group of this host. The broker uses it until {@link #remove}.
     *
     * @param group the group; its name is unique among the added groups
     */
    void add(SharedGroup group);

    /**
     * Removes a group. The broker leases it nothing more.
     *
     * @param group a group that was added
     */
    void remove(SharedGroup group);
}
