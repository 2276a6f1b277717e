package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterSnapshot.HostShare;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The shares of all hosts, for operators. */
final class Overview {
    private Overview() {}

    /**
     * Returns the shares by group.
     *
     * @param most the most shares to list; each group has an equal part of them
     */
    static Map<String, Shares> of(Collection<Pool> pools, Collection<Follower> followers, int most, long now) {
        Map<String, Shares> shares = new TreeMap<>();
        for (Pool pool : pools) {
            shares.put(pool.name, of(pool, followers, most / pools.size(), now));
        }
        return shares;
    }

    /**
     * Returns the shares in a group.
     *
     * @param most the most hosts to list
     */
    private static Shares of(Pool pool, Collection<Follower> followers, int most, long now) {
        List<HostShare> hosts = new ArrayList<>();
        long[] leased = new long[LimitKey.ALL.size()];
        long[] used = new long[LimitKey.ALL.size()];
        for (Follower follower : followers) {
            pool.refresh(follower, now);
            HostShare host = host(pool, follower, now);
            hosts.add(host);
            host.leased().forEach((key, value) -> leased[key.ordinal()] += value);
            host.used().forEach((key, value) -> used[key.ordinal()] += value);
        }
        hosts.sort(Comparator.comparingLong(Overview::largest).reversed().thenComparing(HostShare::host));
        return new Shares(
                map(leased),
                pool.aside().toMap(),
                map(used),
                List.copyOf(hosts.subList(0, Math.min(most, hosts.size()))),
                Math.max(0, hosts.size() - most));
    }

    private static HostShare host(Pool pool, Follower follower, long now) {
        boolean isLive = follower.isLive(now);
        GroupReport report = follower.report(pool);
        Long end = follower.leaseEnd();
        return new HostShare(
                follower.host,
                follower.scope.weight(),
                isLive,
                map(follower.used(pool)),
                report == null || !isLive ? Map.of() : report.used().toMap(),
                report == null || !isLive ? Map.of() : report.wants().toMap(),
                end == null ? -1 : Math.max(0, end - now));
    }

    private static long largest(HostShare host) {
        return host.leased().values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static Map<LimitKey, Long> map(long[] amounts) {
        return Rates.of(key -> amounts[key.ordinal()]).toMap();
    }
}
