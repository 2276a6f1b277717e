package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.syntax.CommandFault;
import dev.weir.testkit.cluster.TestCluster;
import dev.weir.throttle.LimitKey;
import dev.weir.view.View;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterCommandTest {
    private final Services services = TestServices.of();
    private final ClusterCommand command = new ClusterCommand(services);
    private final TestCluster cluster = new TestCluster();

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
        assertTrue(text.matches("(?s).*h3 +silent +- +iops=800 +iops=650 +iops=700.*3 more hosts.*"), text);
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
        assertTrue(text.matches("(?s).*h3 +- +no answer.*"), text);
        String json = (String) command.cluster("--drives", "--json");
        assertTrue(json.contains("\"requests_per_second\":420"), json);
    }

    @Test
    void limitsAreSavedOnAllHosts() {
        services.cluster = cluster;
        ChangeCommands group = new ChangeCommands(services);
        group.group("set", "tenant-a", "iops=20k", "--cluster");
        assertEquals(20_000, cluster.local().groups().get(0).limits().rate(LimitKey.IOPS));
        CommandFault refused =
                assertThrows(CommandFault.class, () -> group.group("set", "tenant-a", "iops=1", "--cluster"));
        assertEquals("h2: weir.conf:3: groups.tenant-a: is defined here", refused.getMessage());
        for (String[] wrong : new String[][] {
            {"tenant-a", "iops=1", "--cluster"},
            {"add", "tenant-a", "iops=1", "--cluster"},
            {"set", "tenant-a", "--cluster"},
            {"set", "tenant-a", "weight=2", "--cluster"},
            {"set", "tenant-a", "iops=1", "--cluster", "--dry-run"},
            {"tenant-a", "iops=5", "--cluster", "--dry-run"}
        }) {
            assertThrows(CommandFault.class, () -> group.group(wrong), () -> String.join(" ", wrong));
        }
    }

    @Test
    void dryRunShowsTheChangeOfAllHosts() {
        services.cluster = cluster;
        ChangeCommands group = new ChangeCommands(services);
        assertEquals(
                """
                group     tenant-a
                now       iops=2000
                then      iops=20000
                on        h1, h2
                changed   nothing; without --dry-run these hosts change the limits and save them""",
                ((View) group.group("set", "tenant-a", "iops=20k", "--cluster", "--dry-run")).text(80));
        assertEquals(3_000, cluster.local().groups().get(0).limits().rate(LimitKey.IOPS));
        String json = (String) group.group("set", "tenant-a", "iops=20k", "--cluster", "--dry-run", "--json");
        assertTrue(json.contains("\"hosts\":[\"h1\",\"h2\"]"), json);
    }

    @Test
    void changeThatTheCoordinatorDoesNotMakeFails() {
        services.cluster = new TestCluster() {
            @Override
            public void limits(String group, Map<String, Long> changes) {
                assertEquals(Map.of("iops", 20_000L), changes);
                throw new IllegalStateException("no coordinator");
            }
        };
        CommandFault fault = assertThrows(CommandFault.class, () -> command.cluster("tenant-a", "iops=20k"));
        assertEquals("no coordinator", fault.getMessage());
    }

    @Test
    void limitsChangeOnAllHosts() {
        services.cluster = cluster;
        command.cluster("tenant-a", "iops=20k");
        assertEquals(20_000, cluster.local().groups().get(0).limits().rate(LimitKey.IOPS));
        assertThrows(CommandFault.class, () -> command.cluster("tenant-a"));
        assertThrows(CommandFault.class, () -> command.cluster("tenant-a", "fast"));
        CommandFault misspelt =
                assertThrows(CommandFault.class, () -> command.cluster("tenant-a", "parent=x", "iosp=1"));
        assertTrue(String.valueOf(misspelt.getMessage()).startsWith("no limit \"parent\""), misspelt::getMessage);
    }
}
