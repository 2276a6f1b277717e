package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything at once, for {@code -Dweir.soak.seconds=3600}: drives of both backends and policies, alone and in a
 * group, with bursts and verifying fio, while limits, policies and the configuration change and clients come and go.
 * Memory does not grow and rates do not drift.
 */
class SoakIT {
    private static final int SECONDS = Integer.getInteger("weir.soak.seconds", 60);
    private static final int SAMPLES = 10;

    /** The pause between changes: ten a second in a run of ten minutes; a shorter run makes as many changes. */
    private static final int PAUSE_MILLIS = Math.max(1, Math.min(100, SECONDS / 6));

    private static final int MIB = 1 << 20;

    /** The memory drives, the server's spare buffers of 64 MiB, and the buffers of its threads. */
    private static final int MAX_DIRECT_KIB = (4 * 16 + 2 * 64 + 64 + 8) << 10;

    /** Worker threads of one drive, which end when idle. */
    private static final int WORKERS = 16;

    /** The burst of a limit in seconds of its rate. */
    private static final double ALLOWANCE_SECONDS = 0.2;

    /** The lowest share of a rate: a longer standstill of the machine is lost for good. */
    private static final double LEAST = 0.5;

    private static final String JOBS =
            """

            [%s]
            uri=%s
            rw=randrw
            bs=4k
            iodepth=8
            size=16m
            """;

    /** Saturated drives and a group of two with constant limits, in bytes per second. */
    private static final Map<String, Double> CONSTANT =
            new TreeMap<>(Map.of("file", 4.0 * MIB, "slice", 4.0 * MIB, "shared", 400 * 4096.0));

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("weir.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private int disturbances;

    /** Use of memory and totals of the drives in bytes, between two moments of {@link System#nanoTime}. */
    private record Sample(long nanos, long untilNanos, Vitals.Figures vitals, Map<String, Long> bytes) {

        /** Returns a lower bound of the rate. */
        double perSecond(String owner, Sample since) {
            return (bytes.get(owner) - since.bytes.get(owner)) * 1e9 / (untilNanos - since.nanos);
        }
    }

    private void configure() throws IOException {
        Weir.writeConfiguration(
                folder,
                """
                weir.groups.shared { limits.iops = 400 }
                weir.drives {
                  file { backend { type = file, path = "file.img", size = 64MiB, create = true }, limits.bps = 4MiB }
                  slice { backend { type = memory, size = 64MiB }, policy = slice, limits.bps = 4MiB }
                  left { backend { type = memory, size = 16MiB }, group = shared }
                  right { backend { type = memory, size = 16MiB }, group = shared, policy = slice }
                  burst { backend { type = memory, size = 16MiB }, limits { bps = 1MiB, bps_max = 4MiB, bps_max_length = 2s } }
                  changing { backend { type = memory, size = 64MiB }, limits.iops = %d }
                  visited { backend { type = memory, size = 16MiB }, limits.iops = 500 }
                }
                """
                        .formatted(200 + random.nextInt(400)));
    }

    private static String jobs(Weir weir) {
        StringBuilder jobs = new StringBuilder();
        for (String drive : List.of("file", "slice", "changing")) {
            jobs.append(FioLoad.VERIFY.formatted(drive, weir.uri(drive)));
        }
        for (String drive : List.of("left", "right")) {
            jobs.append(JOBS.formatted(drive, weir.uri(drive)));
        }
        return jobs.append(JOBS.formatted("burst", weir.uri("burst")))
                .append("thinktime=3s\nthinktime_blocks=1000\n")
                .toString();
    }

    @Test
    void nothingLeaksOrDrifts() throws Exception {
        Client.needFio();
        configure();
        String config = folder.resolve("weir.conf").toString();
        try (Weir weir = Weir.start(folder.resolve("home"), "--config", config)) {
            soak(weir);
            assertEquals(0, weir.stop());
            assertEquals("", weir.faults());
        } catch (AssertionError e) {
            throw new AssertionError("-Dweir.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    private void soak(Weir weir) throws IOException, InterruptedException {
        try (FioLoad fio = FioLoad.start(folder.resolve("fio"), jobs(weir));
                Vitals vitals = Vitals.of(weir)) {
            disturb(weir, Math.min(SECONDS / 4, 60));
            List<Sample> samples = new ArrayList<>(List.of(sample(weir, vitals)));
            while (samples.size() <= SAMPLES) {
                disturb(weir, (double) SECONDS / SAMPLES);
                samples.add(sample(weir, vitals));
                report(samples);
            }
            fio.stop();
            System.out.printf("soak: %d changes and visits, seed %d%n", disturbances, seed);
            check(samples);
        }
    }

    private static Sample sample(Weir weir, Vitals vitals) throws IOException {
        Vitals.Figures figures = vitals.afterCollection();
        long nanos = System.nanoTime();
        List<? extends Config> drives = weir.ask("drives --json").json();
        long untilNanos = System.nanoTime();
        Map<String, Long> bytes = new TreeMap<>();
        for (Config drive : drives) {
            Config counters = drive.getConfig("counters");
            String owner = drive.getString(drive.getIsNull("group") ? "name" : "group");
            bytes.merge(owner, counters.getLong("read_bytes") + counters.getLong("write_bytes"), Long::sum);
        }
        return new Sample(nanos, untilNanos, figures, bytes);
    }

    private static void report(List<Sample> samples) {
        Sample now = samples.get(samples.size() - 1);
        Sample before = samples.get(samples.size() - 2);
        StringBuilder rates = new StringBuilder();
        CONSTANT.forEach(
                (drive, limit) -> rates.append(" %s %.4f".formatted(drive, now.perSecond(drive, before) / limit)));
        System.out.printf(
                "soak: %d s: %s; measured / allowed:%s%n",
                TimeUnit.NANOSECONDS.toSeconds(now.nanos - samples.get(0).nanos), now.vitals, rates);
    }

    private static void check(List<Sample> samples) {
        Sample first = samples.get(0);
        Sample last = samples.get(samples.size() - 1);
        String what = first.vitals + " " + last.vitals;
        assertTrue(last.vitals.heapKib() <= first.vitals.heapKib() * 5 / 4 + (8 << 10), what);
        assertTrue(last.vitals.directKib() <= MAX_DIRECT_KIB, what);
        assertTrue(last.vitals.threads() <= first.vitals.threads() + WORKERS, what);
        assertTrue(last.vitals.descriptors() <= first.vitals.descriptors() + 1, what);
        double seconds = (last.nanos - first.nanos) / 1e9;
        CONSTANT.forEach((drive, limit) -> {
            double measured = last.perSecond(drive, first) / limit;
            assertTrue(measured <= 1 + ALLOWANCE_SECONDS / seconds, drive + " " + measured);
            assertTrue(measured >= LEAST, drive + " " + measured);
        });
    }

    /** Changes settings and runs visitors for some seconds. */
    private void disturb(Weir weir, double seconds) throws IOException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() - end < 0) {
            Weir.pause(PAUSE_MILLIS);
            disturbances++;
            switch (random.nextInt(8)) {
                case 0 -> configure();
                case 1, 2 ->
                    weir.ask("limits changing iops=" + (100 + random.nextInt(600)))
                            .ok();
                case 3 ->
                    weir.ask("policy changing " + (random.nextBoolean() ? "bucket" : "slice"))
                            .ok();
                case 4 -> weir.ask("queue --json").ok();
                default -> visit(weir);
            }
        }
    }

    /** Submits more than the limit admits at once, and disconnects after some replies. */
    private void visit(Weir weir) throws IOException {
        try (RawNbd client = new RawNbd(weir.socket(), "visited")) {
            int requests = random.nextInt(64);
            for (int i = 0; i < requests; i++) {
                client.request(0, RawNbd.WRITE, i, i * 4096L, 4096, ByteBuffer.allocate(4096));
            }
            for (int i = 0; i < Math.min(requests, 4); i++) {
                assertEquals(0, client.reply().error());
            }
        }
    }
}
