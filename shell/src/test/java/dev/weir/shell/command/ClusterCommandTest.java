package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.HostDrives;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.View;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterCommandTest {
    private final Services services = TestServices.of();
    private final ClusterCommand command = new ClusterCommand(services);
    private final Cluster cluster = new Cluster();

    private static final class Cluster implements ClusterControl {
        private String changed = "";

        @Override
        public ClusterSnapshot local() {
            return snapshot(null);
        }

        @Override
        public ClusterSnapshot snapshot() {
            return snapshot(new ClusterSnapshot.Shares(
                    iops(1_700),
                    iops(600),
                    iops(1_500),
                    List.of(new ClusterSnapshot.HostShare("h2", 2, false, iops(800), iops(650), iops(700), -1)),
                    3));
        }

        private static ClusterSnapshot snapshot(ClusterSnapshot.@Nullable Shares shares) {
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
                            ThrottleLimits.of(Map.of("iops", 3_000L)),
                            true,
                            "leased",
                            iops(900),
                            iops(850),
                            4_500_000_000L,
                            shares)),
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
            return List.of(new HostDrives("h1", true, 5, List.of(drive)), HostDrives.silent("h2"));
        }

        @Override
        public void limits(String group, ThrottleLimits limits) {
            changed = group + limits;
        }

        @Override
        public List<String> save(String group, ThrottleLimits limits) {
            if (limits.rate(LimitKey.IOPS) == 1) {
                throw new IllegalArgumentException("h2: weir.conf:3: groups.tenant-a: is defined here");
            }
            changed = "saved " + group + limits;
            return List.of("h1", "h2");
        }
    }

    @Test
    void clusterThatIsOffIsNamed() {
        CommandFault fault = assertThrows(CommandFault.class, () -> command.cluster());
        assertEquals("the cluster is off; weir.cluster in the configuration turns it on", fault.getMessage());
    }

    @Test
    void hostsGroupsAndSharesAreShown() {
        services.cluster = cluster;
        String text = ((View) command.cluster()).text(200);
        assertTrue(text.contains("2 of 3 hosts reachable: h1, h2"), text);
        assertTrue(text.contains("1.5 ms"), text);
        assertTrue(text.contains("leased, hosts disagree"), text);
        assertTrue(
                text.matches("(?s).*tenant-a +leased, hosts disagree +iops=3000 +iops=1700 +iops=1500 .*4.5 s.*"),
                text);
        assertTrue(text.matches("(?s).*h2 +silent +- +iops=800 +iops=650 +iops=700.*3 more hosts.*"), text);
        assertTrue(text.matches("(?s).*other hosts +set aside +- +iops=600.*"), text);
        String json = (String) command.cluster("--json");
        assertTrue(json.contains("\"round_trip_nanos\":1500000"), json);
        assertTrue(json.contains("\"share\":{\"iops\":900}"), json);
        assertTrue(json.contains("\"aside\":{\"iops\":600}"), json);
    }

    @Test
    void drivesOfAllHostsAreShown() {
        services.cluster = cluster;
        String text = ((View) command.cluster("--drives")).text(200);
        assertTrue(text.matches("(?s).*h1 +vm1 +serving +tenant-a +420 .*iops=500 +7 +tenant-a.iops.*"), text);
        assertTrue(text.contains("4 more"), text);
        assertTrue(text.matches("(?s).*h2 +- +no answer.*"), text);
        String json = (String) command.cluster("--drives", "--json");
        assertTrue(json.contains("\"requests_per_second\":420"), json);
    }

    @Test
    void limitsAreSavedOnAllHosts() {
        services.cluster = cluster;
        ChangeCommands group = new ChangeCommands(services);
        group.group("set", "tenant-a", "iops=20k", "--cluster");
        assertTrue(cluster.changed.startsWith("saved tenant-a"), cluster.changed);
        assertTrue(cluster.changed.contains("iops=20000"), cluster.changed);
        CommandFault refused =
                assertThrows(CommandFault.class, () -> group.group("set", "tenant-a", "iops=1", "--cluster"));
        assertEquals("h2: weir.conf:3: groups.tenant-a: is defined here", refused.getMessage());
        for (String[] wrong : new String[][] {
            {"tenant-a", "iops=1", "--cluster"},
            {"add", "tenant-a", "iops=1", "--cluster"},
            {"set", "tenant-a", "--cluster"},
            {"set", "tenant-a", "weight=2", "--cluster"},
            {"set", "tenant-a", "iops=1", "--cluster", "--dry-run"}
        }) {
            assertThrows(CommandFault.class, () -> group.group(wrong), () -> String.join(" ", wrong));
        }
    }

    @Test
    void limitsChangeOnAllHosts() {
        services.cluster = cluster;
        command.cluster("tenant-a", "iops=20k");
        assertTrue(cluster.changed.startsWith("tenant-a") && cluster.changed.contains("iops=20000"), cluster.changed);
        assertThrows(CommandFault.class, () -> command.cluster("tenant-a"));
        assertThrows(CommandFault.class, () -> command.cluster("tenant-a", "fast"));
    }
}
