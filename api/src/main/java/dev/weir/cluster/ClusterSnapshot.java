package dev.weir.cluster;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as one of its hosts sees it.
 *
 * <p>Immutable, with immutable lists.
 *
 * @param cluster the name of the cluster
 * @param host the name of the host
 * @param hosts the number of configured hosts
 * @param coordinator the coordinator that the host follows; null for none
 * @param hasMajority whether a majority of the configured hosts follows it
 * @param roundTripNanos the time from a report to its answer (ns); -1 while it is unknown
 * @param members the reachable hosts
 * @param groups the groups whose limits the hosts share
 * @param leasesLost how often a lease of the host ended before the next one
 * @param partitions how often the host lost the majority
 * @param coordinatorChanges how often the host began to follow another coordinator
 */
public record ClusterSnapshot(
        String cluster,
        String host,
        int hosts,
        @Nullable String coordinator,
        boolean hasMajority,
        long roundTripNanos,
        List<Member> members,
        List<Group> groups,
        long leasesLost,
        long partitions,
        long coordinatorChanges) {

    /**
     * A reachable host.
     *
     * @param host its name
     * @param isCoordinator whether this host follows it
     */
    public record Member(String host, boolean isCoordinator) {}

    /**
     * A group.
     *
     * @param name its name
     * @param limits the limits for all hosts together as this host knows them
     * @param disagrees whether another host has other limits; the lower ones apply
     * @param state {@code starting}, {@code leased}, {@code last} (the lease has ended), {@code safe} or {@code held}
     * @param share the share of this host by limit
     * @param used the rate that this host released in the last second, by limit
     * @param endsInNanos the time until the lease ends (ns); -1 without a lease
     * @param shares the shares of all hosts; null while no coordinator tells
     */
    public record Group(
            String name,
            ThrottleLimits limits,
            boolean disagrees,
            String state,
            Map<LimitKey, Long> share,
            Map<LimitKey, Long> used,
            long endsInNanos,
            @Nullable Shares shares) {}

    /**
     * The shares of all hosts in a group as the coordinator knows them. At every moment {@code leased} and
     * {@code aside} together are at most the limit, or the limit and a part of its burst.
     *
     * @param leased the most that the followers of the coordinator may use together, by limit
     * @param aside the part that is kept for hosts that do not follow the coordinator, by limit
     * @param used the rate that its followers released in the last second, by limit
     * @param hosts the followers, those with the largest shares first
     * @param omitted the number of followers that are left out of {@code hosts} because they are too many
     */
    public record Shares(
            Map<LimitKey, Long> leased,
            Map<LimitKey, Long> aside,
            Map<LimitKey, Long> used,
            List<HostShare> hosts,
            int omitted) {}

    /**
     * The share of a host as its coordinator knows it.
     *
     * @param host the name of the host
     * @param weight its weight
     * @param isLive whether it has reported in the last seconds
     * @param leased the most that it may use, by limit
     * @param used the rate that it released in the last second, by limit
     * @param wants the rate that it can use, by limit
     * @param endsInNanos the time until its lease has surely ended (ns); -1 without a lease
     */
    public record HostShare(
            String host,
            int weight,
            boolean isLive,
            Map<LimitKey, Long> leased,
            Map<LimitKey, Long> used,
            Map<LimitKey, Long> wants,
            long endsInNanos) {}
}
