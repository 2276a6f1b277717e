package dev.weir.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.junit.WeirDrive;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MetricsTest {
    @RegisterExtension
    final WeirDrive disk = WeirDrive.memory(WeirDrive.MIB)
            .limit("bps", 100 * WeirDrive.MIB)
            .limit("iops_wr", 1000)
            .limit("iops_wr_max", 2000);

    private final MetricsEndpoint endpoint = new MetricsEndpoint();

    @AfterEach
    void stop() {
        endpoint.stop();
    }

    record Listen(String listen) implements MetricsEndpoint.Config {
        @Override
        public Class<? extends Annotation> annotationType() {
            return MetricsEndpoint.Config.class;
        }
    }

    private String scrape() throws IOException, InterruptedException {
        return scrape(endpoint);
    }

    static String scrape(MetricsEndpoint of) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + of.port() + "/metrics");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        return answer.body();
    }

    private void use() throws IOException {
        try (SeekableByteChannel channel = disk.channel()) {
            channel.write(ByteBuffer.allocate(4096));
            channel.position(0).read(ByteBuffer.allocate(512));
        }
    }

    @Test
    void scrapeReportsADrive() throws IOException, InterruptedException {
        endpoint.drives = List.of(disk.control());
        endpoint.configure(new Listen("tcp:127.0.0.1:0"));
        use();
        String scrape = scrape();
        for (String line : List.of(
                "weir_drive_info{backend=\"memory\",drive=\"disk\",group=\"\",policy=\"bucket\"} 1.0",
                "weir_drive_state{drive=\"disk\",state=\"serving\"} 1.0",
                "weir_drive_state{drive=\"disk\",state=\"holding\"} 0.0",
                "weir_drive_size_bytes{drive=\"disk\"} 1048576.0",
                "weir_drive_requests_total{drive=\"disk\",operation=\"read\"} 1.0",
                "weir_drive_requests_total{drive=\"disk\",operation=\"write\"} 1.0",
                "weir_drive_requests_total{drive=\"disk\",operation=\"flush\"} 1.0",
                "weir_drive_bytes_total{drive=\"disk\",operation=\"read\"} 512.0",
                "weir_drive_bytes_total{drive=\"disk\",operation=\"write\"} 4096.0",
                "weir_drive_failed_requests_total{drive=\"disk\"} 0.0",
                "weir_drive_requests_queued{direction=\"read\",drive=\"disk\"} 0.0",
                "weir_drive_limit_bytes_per_second{direction=\"both\",drive=\"disk\"} 1.048576E8",
                "weir_drive_limit_requests_per_second{direction=\"write\",drive=\"disk\"} 1000.0")) {
            assertTrue(scrape.lines().anyMatch(line::equals), () -> line + " is not in\n" + scrape);
        }
        assertFalse(scrape.contains("limit=\"bps_rd\""), scrape);
    }

    @Test
    void sizeOfAClosedDriveIsAbsent() throws Exception {
        try (EmbeddedEngine engine = new EmbeddedEngine()) {
            engine.configure(DriveSettings.builder("closed", "missing").build());
            DriveControl closed = Objects.requireNonNull(engine.control("closed"));
            endpoint.drives = List.of(closed);
            endpoint.configure(new Listen("tcp:127.0.0.1:0"));
            String scrape = scrape();
            assertTrue(scrape.contains("weir_drive_state{drive=\"closed\",state=\"unavailable\"} 1.0"), scrape);
            assertFalse(scrape.contains("weir_drive_size_bytes{"), scrape);

            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName name = new ObjectName("dev.weir:type=Drive,name=\"closed\"");
            Beans beans = new Beans();
            beans.addDrive(closed);
            awaitShown(server, name, true);
            assertNull(server.getAttribute(name, "SizeBytes"));
            beans.stop();
        }
    }

    @Test
    void slowClientsDoNotBlockAScrape() throws Exception {
        endpoint.drives = List.of(disk.control());
        endpoint.configure(new Listen("tcp:127.0.0.1:0"));
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * ScrapeThreads.THREADS; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), endpoint.port());
                slow.add(client);
                client.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
            }
            assertTrue(scrape().contains("weir_drive_info"));
            endpoint.stop();
        } finally {
            for (Socket client : slow) {
                client.close();
            }
        }
    }

    /** The JDK's dispatcher catches no Error outside of a request. Its log is the way to throw one there. */
    @Test
    void errorOfTheDispatcherDoesNotEndTheMetrics() throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        MetricsEndpoint troubled = new MetricsEndpoint(() -> new ScrapeThreads() {
            @Override
            public void execute(Runnable scrape) {
                if (fails.get()) {
                    throw new IllegalStateException("of the test");
                }
                super.execute(scrape);
            }
        });
        Logger log = Logger.getLogger("com.sun.net.httpserver");
        Handler handler = new ConsoleHandler() {
            @Override
            public synchronized void publish(LogRecord message) {
                if (fails.getAndSet(false)) {
                    throw new LinkageError("of the test");
                }
            }
        };
        log.setLevel(Level.ALL);
        log.addHandler(handler);
        troubled.drives = List.of(disk.control());
        troubled.configure(new Listen("tcp:127.0.0.1:0"));
        int first = troubled.port();
        fails.set(true);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), first)) {
            client.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (troubled.port() == first) {
                assertTrue(System.nanoTime() < deadline, "the dead server was not replaced");
                troubled.listen();
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        log.removeHandler(handler);
        log.setLevel(null);
        assertTrue(scrape(troubled).contains("weir_drive_info"));
        troubled.stop();
    }

    @Test
    void drivesComeAndGo() throws IOException, InterruptedException {
        endpoint.configure(new Listen("tcp:127.0.0.1:0"));
        assertFalse(scrape().contains("drive="));
        endpoint.drives = List.of(disk.control());
        assertTrue(scrape().contains("drive=\"disk\""));
        endpoint.drives = List.of();
        assertFalse(scrape().contains("drive="));
    }

    @Test
    void addressChangeMovesTheEndpoint() {
        endpoint.configure(new Listen("tcp:127.0.0.1:0"));
        int first = endpoint.port();
        endpoint.configure(new Listen("tcp:127.0.0.1:0"));
        assertEquals(first, endpoint.port());
        endpoint.configure(new Listen("tcp:localhost:0"));
        assertTrue(endpoint.port() > 0);
    }

    @Test
    void portInUseIsTriedAgain() {
        MetricsEndpoint other = new MetricsEndpoint();
        other.configure(new Listen("tcp:127.0.0.1:0"));
        endpoint.configure(new Listen("tcp:127.0.0.1:" + other.port()));
        assertEquals(-1, endpoint.port());

        other.stop();
        endpoint.listen();
        assertTrue(endpoint.port() > 0);
    }

    @Test
    void jmxShowsTheSame() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.weir:type=Drive,name=\"disk\"");
        Beans beans = new Beans();
        beans.addDrive(disk.control());
        awaitShown(server, name, true);
        use();
        for (Map.Entry<String, Object> expected : Map.<String, Object>of(
                        "State",
                        "SERVING",
                        "Policy",
                        "bucket",
                        "Group",
                        "",
                        "Reads",
                        1L,
                        "ReadBytes",
                        512L,
                        "Writes",
                        1L,
                        "WriteBytes",
                        4096L,
                        "SizeBytes",
                        1048576L,
                        "QueuedReads",
                        0)
                .entrySet()) {
            assertEquals(expected.getValue(), server.getAttribute(name, expected.getKey()), expected::getKey);
        }
        TabularData limits = (TabularData) server.getAttribute(name, "Limits");
        assertEquals(3, limits.size());
        beans.removeDrive(disk.control());
        awaitShown(server, name, false);
        beans.addDrive(disk.control());
        beans.stop();
        assertFalse(server.isRegistered(name));
        beans.removeDrive(disk.control());
    }

    static void awaitShown(MBeanServer server, ObjectName name, boolean shown) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (server.isRegistered(name) != shown) {
            assertTrue(System.nanoTime() < deadline, () -> name + " should be shown: " + shown);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
