package dev.weir.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The cost of a scrape. {@code -Dweir.drives=10000} sets the number of drives (500) and prints the processor time
 * of a scrape.
 */
class ScrapeCostTest {
    private static final int DRIVES = Integer.getInteger("weir.drives", 500);
    private static final int DRIVES_IN_A_GROUP = 10;

    /** More than half as much as measured. */
    private static final long MOST_BYTES_PER_DRIVE = 130_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final class Read extends BlockRequest {
        Read() {
            super("test");
            prepare(Operation.READ, 0, 512);
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

    @Test
    void scrapeGrowsWithTheDrivesOnly() throws IOException {
        try (EmbeddedEngine engine = new EmbeddedEngine()) {
            engine.add(new BucketPolicyFactory());
            engine.add(new MemoryBackendFactory());
            List<DriveControl> drives = new ArrayList<>();
            List<GroupControl> groups = new ArrayList<>();
            for (int i = 0; i < DRIVES; i++) {
                String group = "tenant-" + i / DRIVES_IN_A_GROUP;
                if (i % DRIVES_IN_A_GROUP == 0) {
                    engine.configure(new GroupSettings(group, "bucket", ThrottleLimits.of(Map.of("iops", 100_000L))));
                    groups.add(Objects.requireNonNull(engine.group(group)));
                }
                drives.add(drive(engine, "vm" + i, group));
            }
            DriveMetrics metrics = new DriveMetrics(() -> drives, () -> groups);
            scrape(metrics);
            long cpu = threads.getCurrentThreadCpuTime();
            long allocated =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            int bytes = scrape(metrics);
            long usedCpu = threads.getCurrentThreadCpuTime() - cpu;
            long used = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated;
            if (Integer.getInteger("weir.drives") != null) {
                System.out.printf(
                        "%d drives: %d ms of processor time, %d MB of text, %d MB allocated%n",
                        DRIVES, usedCpu / 1_000_000, bytes / 1_000_000, used / 1_000_000);
            }
            assertTrue(used < MOST_BYTES_PER_DRIVE * DRIVES, () -> used / DRIVES + " bytes for each drive");
        }
    }

    private static DriveControl drive(EmbeddedEngine engine, String name, String group) {
        engine.configure(DriveSettings.builder(name, "memory")
                .options(Map.of("size", 1L << 20))
                .group(group)
                .limits(ThrottleLimits.of(Map.of("iops", 2L, "bps", 1L << 20, "bps_max", 2L << 20)))
                .build());
        Drive drive = Objects.requireNonNull(engine.drive(name));
        for (int i = 0; i < 8; i++) {
            drive.submit(new Read());
        }
        return Objects.requireNonNull(engine.control(name));
    }

    private static int scrape(DriveMetrics metrics) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, metrics.collect());
        assertEquals(
                DRIVES,
                text.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.startsWith("weir_drive_info{"))
                        .count());
        return text.size();
    }
}
