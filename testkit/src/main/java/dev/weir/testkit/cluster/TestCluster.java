package dev.weir.testkit.cluster;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.ClusterSnapshot.Group;
import dev.weir.cluster.ClusterSnapshot.HostShare;
import dev.weir.cluster.ClusterSnapshot.Member;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.HostDrives;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster {@code prod} of three hosts as h1 sees it. The coordinator is h2, and h3 is silent. The host has a lease
 * in the group tenant-a, whose limits can change, and holds every request of tenant-b.
 *
 * <p>Thread-safe.
 */
public class TestCluster implements ClusterControl {
    private static final ThrottleLimits HELD = ThrottleLimits.of(Map.of("iops", 3_000L, "bps", 30_000L));

    private volatile ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 3_000L));

    @Override
    public ClusterSnapshot local() {
        return snapshot(null);
    }

    @Override
    public ClusterSnapshot snapshot() {
        HostShare silent = new HostShare("h3", 2, false, iops(800), iops(650), iops(700), -1);
        return snapshot(new Shares(iops(1_700), iops(600), iops(1_500), List.of(silent), 3));
    }

    private ClusterSnapshot snapshot(@Nullable Shares shares) {
        return new ClusterSnapshot(
                "prod",
                "h1",
                3,
                "h2",
                true,
                1_500_000,
                List.of(new Member("h1", false), new Member("h2", true)),
                List.of(
                        new Group("tenant-a", limits, true, "leased", iops(900), iops(850), 4_500_000_000L, shares),
                        new Group("tenant-b", HELD, false, "held", Map.of(), Map.of(), -1, null)),
                1,
                2,
                3);
    }

    private static Map<LimitKey, Long> iops(long rate) {
        return Map.of(LimitKey.IOPS, rate);
    }

    @Override
    public List<HostDrives> drives() {
        HostDrives.Summary drive =
                new HostDrives.Summary("vm1", "tenant-a", "serving", 420, 4_096, iops(500), 7, "tenant-a.iops");
        return List.of(new HostDrives("h1", true, 5, List.of(drive)), HostDrives.silent("h3"));
    }

    @Override
    public void limits(String group, Map<String, Long> changes) {
        if (!group.equals("tenant-a")) {
            throw new IllegalArgumentException("no group " + group + " in the cluster");
        }
        limits = limits.changed(changes, ThrottleLimits.NONE);
    }

    /** Refuses one request per second, as if the file of h2 defined the group. */
    @Override
    public List<String> check(String group, Map<String, Long> changes) {
        if (changes.getOrDefault("iops", 0L) == 1) {
            throw new IllegalArgumentException("h2: weir.conf:3: groups.tenant-a: is defined here");
        }
        return List.of("h1", "h2");
    }

    @Override
    public List<String> save(String group, Map<String, Long> changes) {
        List<String> hosts = check(group, changes);
        limits(group, changes);
        return hosts;
    }
}
