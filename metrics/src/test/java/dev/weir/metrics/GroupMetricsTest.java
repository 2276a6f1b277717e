package dev.weir.metrics;

import static dev.weir.block.Operation.READ;
import static dev.weir.junit.Faults.latency;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.junit.EmbeddedDrive;
import dev.weir.junit.EmbeddedGroup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Metrics of a drive in two groups, with every kind of limit, waiting requests and a fault. */
class GroupMetricsTest {
    private final MetricsEndpoint endpoint = new MetricsEndpoint();
    private final EmbeddedGroup host =
            new EmbeddedGroup().limit("bps", 1 << 20).limit("bps_max", 4 << 20).limit("iops", 1_000);
    private final EmbeddedGroup tenant = new EmbeddedGroup(host)
            .weight(2)
            .min("bps", 1_000)
            .min("iops", 100)
            .limit("bps_wr", 2_560)
            .limit("iops_rd", 500)
            .limit("iops_rd_max", 2_000);
    private final EmbeddedDrive disk = EmbeddedDrive.memory(1 << 20)
            .group(tenant)
            .weight(3)
            .min("bps", 500)
            .min("iops", 50)
            .limit("bps_rd", 1 << 20)
            .limit("bps_rd_max", 2 << 20)
            .limit("iops", 100)
            .limit("iops_max", 200)
            .limit("iops_max_length", 3)
            .fault(latency("1ms").on(READ));

    private static final class Write extends BlockRequest {
        Write() {
            super("test");
            prepare(Operation.WRITE, 0, 512);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(512);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            // its effect is in the metrics
        }
    }

    /** Twenty writes at five a second, so that some wait during the test. */
    @BeforeEach
    void start() throws IOException, InterruptedException {
        disk.start();
        for (int i = 0; i < 20; i++) {
            disk.drive().submit(new Write());
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (disk.control().latencies().held().measured() == 0) {
            assertTrue(System.nanoTime() < deadline, "no request is released");
            TimeUnit.MILLISECONDS.sleep(1);
        }
        endpoint.drives = List.of(disk.control());
        endpoint.groups = List.of(host.control(), tenant.control());
        endpoint.configure(new MetricsTest.Listen("tcp:127.0.0.1:0"));
    }

    @AfterEach
    void stop() {
        endpoint.stop();
        disk.close();
    }

    private String name(EmbeddedGroup group) {
        return group.control().name();
    }

    @Test
    void scrapeReportsTheTreeOfLimits() throws IOException, InterruptedException {
        String scrape = MetricsTest.scrape(endpoint);
        String inHost = "{group=\"" + name(host) + "\"";
        String inTenant = "{group=\"" + name(tenant) + "\"";
        String drive = "{drive=\"" + disk.control().name() + "\"";
        for (String line : List.of(
                "weir_group_info" + inHost + ",parent=\"\",policy=\"bucket\"} 1.0",
                "weir_group_info" + inTenant + ",parent=\"" + name(host) + "\",policy=\"bucket\"} 1.0",
                "weir_group_weight" + inTenant + "} 2.0",
                "weir_group_min_bytes_per_second" + inTenant + "} 1000.0",
                "weir_group_min_requests_per_second" + inTenant + "} 100.0",
                "weir_group_drives_waiting" + inTenant + "} 1.0",
                "weir_group_holding" + inTenant + "} 0.0",
                "weir_group_limit_bytes_per_second{direction=\"both\",group=\"" + name(host) + "\"} 1048576.0",
                "weir_group_limit_bytes_per_second{direction=\"write\",group=\"" + name(tenant) + "\"} 2560.0",
                "weir_drive_weight" + drive + "} 3.0",
                "weir_drive_min_bytes_per_second" + drive + "} 500.0",
                // an unused burst of 1 s at 2 MiB/s, which leaks 1 MiB/s meanwhile
                "weir_drive_burst_credit_bytes{direction=\"read\"," + drive.substring(1) + "} 2097152.0",
                "weir_drive_burst_left_seconds" + drive + ",limit=\"bps_rd\"} 2.0")) {
            assertTrue(scrape.lines().anyMatch(line::equals), () -> line + " is not in\n" + scrape);
        }
        Matcher held = Pattern.compile("weir_drive_requests_held" + Pattern.quote(drive) + ",limit=\"(.*)\"} (\\S+)")
                .matcher(scrape);
        assertTrue(held.find(), scrape);
        assertEquals(name(tenant) + ": bps_wr", held.group(1));
        assertTrue(Double.parseDouble(held.group(2)) > 1, held.group());
    }

    @Test
    void bucketsOfAHistogramAreCumulative() throws IOException, InterruptedException {
        String scrape = MetricsTest.scrape(endpoint);
        double before = 0;
        double bound = 0;
        Matcher bucket = Pattern.compile("weir_drive_held_seconds_bucket\\{.*le=\"(.*)\"} (\\S+)")
                .matcher(scrape);
        int count = 0;
        for (; bucket.find(); count++) {
            String le = bucket.group(1);
            double next = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
            assertTrue(next > bound, scrape);
            bound = next;
            assertTrue(Double.parseDouble(bucket.group(2)) >= before, scrape);
            before = Double.parseDouble(bucket.group(2));
            // no request waits less than the time of one at 5 a second, less what the first one left
            assertTrue(next > 0.05 || before == 0, scrape);
        }
        assertEquals(13, count);
        assertTrue(before >= 1, scrape);
        Matcher sum = Pattern.compile("weir_drive_held_seconds_sum\\S* (\\S+)").matcher(scrape);
        assertTrue(sum.find(), scrape);
        assertTrue(Double.parseDouble(sum.group(1)) >= 0.09 * before, scrape);
    }

    @Test
    void jmxCountsByFault() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName(
                "dev.weir:type=Drive,name=" + ObjectName.quote(disk.control().name()));
        Beans beans = new Beans();
        beans.addDrive(disk.control());
        MetricsTest.awaitShown(server, name, true);
        disk.channel().read(ByteBuffer.allocate(512));
        TabularData requests = (TabularData) server.getAttribute(name, "FaultRequests");
        assertEquals(1L, requests.get(new Object[] {"latency"}).get("value"));
        TabularData held = (TabularData) server.getAttribute(name, "FaultHeldRequests");
        assertEquals(0, held.get(new Object[] {"latency"}).get("value"));
        beans.removeDrive(disk.control());
        MetricsTest.awaitShown(server, name, false);
        beans.stop();
    }

    @Test
    void jmxShowsAGroup() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.weir:type=Group,name=" + ObjectName.quote(name(tenant)));
        Beans beans = new Beans();
        beans.addGroup(tenant.control());
        MetricsTest.awaitShown(server, name, true);
        for (Map.Entry<String, Object> expected : Map.<String, Object>of(
                        "Parent",
                        name(host),
                        "Policy",
                        "bucket",
                        "Reason",
                        "",
                        "Weight",
                        2,
                        "MinBytesPerSecond",
                        1_000L,
                        "MinRequestsPerSecond",
                        100L,
                        "WaitingDrives",
                        1)
                .entrySet()) {
            assertEquals(expected.getValue(), server.getAttribute(name, expected.getKey()), expected::getKey);
        }
        assertTrue((long) server.getAttribute(name, "Requests") >= 2);
        assertTrue((int) server.getAttribute(name, "QueuedRequests") >= 1);
        beans.removeGroup(tenant.control());
        MetricsTest.awaitShown(server, name, false);
        beans.stop();
    }

    @Test
    void pageListsEveryMetric() throws IOException, InterruptedException {
        endpoint.cluster = ClusterMetricsTest.CLUSTER;
        Pattern row = Pattern.compile("\\| `(weir_\\w+)` \\| (\\w+) \\|.*");
        Set<String> scraped = MetricsTest.scrape(endpoint)
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.substring("# TYPE ".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> written = Files.readAllLines(Path.of("../docs/reference/bundles/metrics.md")).stream()
                .map(row::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group(1) + " " + match.group(2))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(scraped, written);
    }

    @Test
    void dashboardUsesKnownMetrics() throws IOException, InterruptedException {
        assertTrue(knownMetrics("grafana.json") > 15, "it asks for hardly anything");
    }

    @Test
    void alertsUseKnownMetrics() throws IOException, InterruptedException {
        assertEquals(5, knownMetrics("alerts.yml"));
    }

    /** Returns the number of metrics that a file names, after a check that each exists. */
    private int knownMetrics(String file) throws IOException, InterruptedException {
        String scrape = MetricsTest.scrape(endpoint);
        Matcher asked = Pattern.compile("weir_(?:drive|group)_\\w+")
                .matcher(Files.readString(Path.of("../docs/reference", file)));
        int count = 0;
        for (; asked.find(); count++) {
            String name = asked.group().replaceFirst("_bucket$", "");
            assertTrue(scrape.contains("# TYPE " + name + " "), name);
        }
        return count;
    }
}
