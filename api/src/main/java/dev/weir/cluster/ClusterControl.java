package dev.weir.cluster;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The cluster for operators: inspection, and changes of limits on all hosts. A service while the cluster is on.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface ClusterControl {

    /**
     * {@return the cluster as this host knows it without a message to others} The shares of all hosts are known to the
     * coordinator only.
     *
     * @throws IllegalStateException if the cluster does not answer within a second
     */
    ClusterSnapshot local();

    /**
     * {@return the cluster as this host knows it, with the shares of all hosts} Asks the coordinator and waits for its
     * answer for at most half a second.
     *
     * @throws IllegalStateException if the cluster does not answer within a second
     */
    ClusterSnapshot snapshot();

    /**
     * {@return the drives of all hosts by host} Asks all reachable hosts and waits for their answers for at most two
     * seconds.
     *
     * @throws IllegalStateException if the cluster does not answer within a second
     */
    List<HostDrives> drives();

    /**
     * Changes some limits of a group on all hosts. The coordinator applies one change after another. So two changes of
     * different keys both take effect, and of two changes of the same key the later one at the coordinator. A change
     * lasts until another value of the group in the configuration of a host, or until all hosts have restarted. Returns
     * once a majority of the hosts has the change. Waits for a coordinator for at most 15 seconds and for the majority
     * for five.
     *
     * @param group the name of the group
     * @param changes the new values by key, as in {@link dev.weir.throttle.ThrottleLimits#changed}
     * @throws IllegalArgumentException if the group is not one of the cluster or the limits after the change are not
     *     valid; nothing has changed then
     * @throws IllegalStateException if no coordinator has a majority, or it does not confirm the change; the message
     *     tells whether the limits may have changed
     */
    void limits(String group, Map<String, Long> changes);

    /**
     * Asks all reachable hosts whether {@link #save} would be refused, and changes nothing. Waits for at most five
     * seconds.
     *
     * @param group the name of the group
     * @param changes the new values by key, as in {@link dev.weir.throttle.ThrottleLimits#changed}
     * @return the names of the hosts that would save them
     * @throws IllegalArgumentException if the group is not one of the cluster, the limits after the change are not
     *     valid, or a host would refuse to save them or does not answer; the message has a line for each such host
     * @throws IllegalStateException if the cluster does not answer within a second, or cannot ask its hosts
     */
    default List<String> check(String group, Map<String, Long> changes) {
        throw new IllegalStateException("the cluster cannot check a change of group " + group + " without making it");
    }

    /**
     * Changes some limits of a group on all hosts and saves its limits on each, so they outlast restarts. First asks
     * all reachable hosts whether they can save the limits. Then changes the limits as {@link #limits} does and lets
     * each host save them. A host that is not reachable takes over the limits when it is back and saves them then,
     * unless all other hosts have restarted meanwhile or the limits have changed again. Waits for at most 40 seconds.
     *
     * @param group the name of the group
     * @param changes the new values by key, as in {@link dev.weir.throttle.ThrottleLimits#changed}
     * @return the names of the hosts that have saved them
     * @throws IllegalArgumentException if the group is not one of the cluster, the limits after the change are not
     *     valid, or a host refuses to save them or does not answer; nothing has changed then, and the message has a
     *     line for each such host
     * @throws IllegalStateException if the coordinator has not confirmed the change, a host has failed to save the
     *     limits, or a later change has replaced them meanwhile; the message tells which
     */
    List<String> save(String group, Map<String, Long> changes);
}
