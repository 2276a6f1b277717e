package dev.weir.control;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.HostDrives;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Map;

/** A cluster of three hosts that share the group tenant-a. */
final class TestCluster implements ClusterControl {
    private ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 3_000L));

    @Override
    public ClusterSnapshot local() {
        return snapshot();
    }

    @Override
    public List<HostDrives> drives() {
        return List.of(new HostDrives("h2", false, 0, List.of()));
    }

    @Override
    public ClusterSnapshot snapshot() {
        return new ClusterSnapshot(
                "prod",
                "h1",
                3,
                "h1",
                true,
                1_500_000,
                List.of(new ClusterSnapshot.Member("h1", true), new ClusterSnapshot.Member("h2", false)),
                List.of(new ClusterSnapshot.Group(
                        "tenant-a",
                        limits,
                        false,
                        "leased",
                        Map.of(LimitKey.IOPS, 900L),
                        Map.of(LimitKey.IOPS, 850L),
                        4_500_000_000L,
                        new ClusterSnapshot.Shares(
                                Map.of(LimitKey.IOPS, 1_700L),
                                Map.of(LimitKey.IOPS, 1_000L),
                                Map.of(LimitKey.IOPS, 1_500L),
                                List.of(new ClusterSnapshot.HostShare(
                                        "h2",
                                        2,
                                        false,
                                        Map.of(LimitKey.IOPS, 800L),
                                        Map.of(LimitKey.IOPS, 650L),
                                        Map.of(LimitKey.IOPS, 700L),
                                        -1)),
                                0))),
                1,
                2,
                3);
    }

    @Override
    public void limits(String group, ThrottleLimits newLimits) {
        limits = newLimits;
    }

    @Override
    public List<String> save(String group, ThrottleLimits newLimits) {
        if (newLimits.rate(LimitKey.IOPS) == 1) {
            throw new IllegalArgumentException("h2: weir.conf:3: groups.tenant-a: is defined here");
        }
        limits = newLimits;
        return List.of("h1", "h2");
    }
}
