package dev.weir.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.HostDrives;
import dev.weir.testkit.cluster.TestCluster;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A host that has a lease in one group and holds every request of another one. */
class ClusterMetricsTest {
    static final ClusterControl CLUSTER = new TestCluster() {
        @Override
        public ClusterSnapshot snapshot() {
            throw new AssertionError("a scrape must not ask other hosts");
        }

        @Override
        public List<HostDrives> drives() {
            throw new AssertionError("a scrape must not ask other hosts");
        }
    };

    private final MetricsEndpoint endpoint = new MetricsEndpoint();

    @AfterEach
    void stop() {
        endpoint.stop();
    }

    @Test
    void scrapeReportsTheCluster() throws Exception {
        endpoint.configure(new MetricsTest.Listen("tcp:127.0.0.1:0"));
        assertFalse(MetricsTest.scrape(endpoint).contains("weir_cluster"));
        endpoint.cluster = CLUSTER;
        String scrape = MetricsTest.scrape(endpoint);
        for (String line : List.of(
                "weir_cluster_info{cluster=\"prod\",coordinator=\"h2\",host=\"h1\"} 1.0",
                "weir_cluster_hosts_configured{cluster=\"prod\"} 3.0",
                "weir_cluster_hosts_reachable{cluster=\"prod\"} 2.0",
                "weir_cluster_majority{cluster=\"prod\"} 1.0",
                "weir_cluster_round_trip_seconds{cluster=\"prod\"} 0.0015",
                "weir_cluster_leases_lost_total{cluster=\"prod\"} 1.0",
                "weir_cluster_partitions_total{cluster=\"prod\"} 2.0",
                "weir_cluster_coordinator_changes_total{cluster=\"prod\"} 3.0",
                "weir_group_leased{group=\"tenant-a\"} 1.0",
                "weir_group_leased{group=\"tenant-b\"} 0.0",
                "weir_group_lease_left_seconds{group=\"tenant-a\"} 4.5",
                "weir_group_share_requests_per_second{direction=\"both\",group=\"tenant-a\"} 900.0",
                "weir_group_share_requests_per_second{direction=\"both\",group=\"tenant-b\"} 0.0")) {
            assertTrue(scrape.lines().anyMatch(line::equals), () -> line + " is not in\n" + scrape);
        }
        String page = Files.readString(Path.of("../docs/reference/bundles/metrics.md"));
        Matcher name = Pattern.compile("(?m)^(weir_\\w+)").matcher(scrape);
        while (name.find()) {
            assertTrue(page.contains("`" + name.group(1) + "`"), name.group(1));
        }
    }

    @Test
    void jmxShowsTheCluster() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.weir:type=Cluster,name=\"prod\"");
        Beans beans = new Beans();
        beans.addCluster(CLUSTER);
        MetricsTest.awaitShown(server, name, true);
        assertEquals("h2", server.getAttribute(name, "Coordinator"));
        assertEquals(true, server.getAttribute(name, "Majority"));
        assertEquals(3L, server.getAttribute(name, "CoordinatorChanges"));
        assertEquals(List.of("h1", "h2"), List.of((String[]) server.getAttribute(name, "ReachableHosts")));
        beans.removeCluster(CLUSTER);
        MetricsTest.awaitShown(server, name, false);
        beans.stop();
    }
}
