package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import dev.weir.it.Vitals.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients of many drives submit more than the limits allow, in a heap of 256 MiB. Every queue stays at its
 * bound, memory and descriptors stay constant, and a well-behaved client is served as before. {@code
 * -Dweir.flood.drives=10000 -Dweir.flood.clients=2000 -Dweir.flood.seconds=180} makes it a large flood.
 */
class FloodIT {
    private static final int DRIVES = Integer.getInteger("weir.flood.drives", 300);
    private static final int CLIENTS = Integer.getInteger("weir.flood.clients", 300);
    private static final int SECONDS = Integer.getInteger("weir.flood.seconds", 3);
    private static final int SAMPLES = 3;
    private static final int PROBES = 100;
    private static final int PROBE_PAUSE_MILLIS = 10;

    /** Normal fluctuation of the heap and the JVM's own data. */
    private static final int HEAP_NOISE_KIB = 8 << 10;

    /** Memory of a drive after its first requests: two histograms of 5 KiB and its queue. */
    private static final int USED_DRIVE_KIB = 14;

    /** Direct memory that the server keeps for reuse. */
    private static final int SPARE_KIB = 64 << 10;

    /** Direct memory that the JDK keeps for threads that write heap buffers to channels. */
    private static final int JDK_KIB = 1 << 10;

    /** Received bytes of a client at its quota, which count although none may be left. */
    private static final int BEHIND_BYTES = 4 << 10;

    /** Memory of a written block of a memory drive: a page. */
    private static final int PAGE_KIB = 64;

    /** Threads that the JVM starts under load; a client has none. */
    private static final int THREADS = 8;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("weir.seed", new Random().nextLong());

    private String configuration() {
        return IntStream.range(0, DRIVES)
                .mapToObj(i -> "d%d { backend { type = memory, size = 1MiB }, limits.iops = 20 }%n".formatted(i))
                .collect(Collectors.joining(
                        "",
                        "weir.nbd { max-requests = 64, max-total-bytes = 128MiB }\nweir.drives {\n",
                        "well { backend { type = memory, size = 1MiB } } }\n"));
    }

    private static List<String> drives() {
        return IntStream.range(0, CLIENTS).mapToObj(i -> "d" + i % DRIVES).toList();
    }

    @Test
    void floodLeavesMemoryAndLatency() throws Exception {
        Path config = Files.writeString(folder.resolve("weir.conf"), configuration());
        try (Weir weir = Weir.launchWith("-Xmx256m", folder.resolve("home"), "--config", config.toString())) {
            weir.awaitReady();
            try (RawNbd behaves = new RawNbd(weir.socket(), "well");
                    Vitals vitals = Vitals.of(weir)) {
                probe(behaves, 1);
                Figures before = vitals.afterCollection();
                List<Long> calm = probe(behaves, 1);
                List<Figures> during = new ArrayList<>();
                List<Long> busy = new ArrayList<>();
                try (Flood flood = Flood.start(weir.socket(), drives(), seed)) {
                    for (int sample = 0; sample < SAMPLES; sample++) {
                        busy.addAll(probe(behaves, SECONDS / SAMPLES));
                        checkBounds(weir);
                        during.add(vitals.afterCollection());
                    }
                    assertEquals("", flood.failure());
                    System.out.printf("flood: %d replies, %d hung up%n", flood.replies(), flood.hangups());
                }
                weir.await(() -> exportOf(weir).getInt("clients") == 1);
                weir.await(() -> exportOf(weir).getLong("bytes") == 0);
                // a look may meet the file of debts, which is written each second
                weir.await(() -> weir.descriptors() <= before.descriptors());
                Figures after = vitals.afterCollection();
                report(before, during, after, calm, busy);
                check(before, during, after, calm, busy);
            }
            assertEquals(0, weir.stop());
        } catch (AssertionError e) {
            throw new AssertionError("-Dweir.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    /** Reads for some seconds, and returns the latency of each read in microseconds. */
    private static List<Long> probe(RawNbd client, int seconds) throws IOException {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < PROBES * seconds; i++) {
            long start = System.nanoTime();
            client.read(0, 4096);
            micros.add((System.nanoTime() - start) / 1000);
            Weir.pause(PROBE_PAUSE_MILLIS);
        }
        return micros;
    }

    private static Config exportOf(Weir weir) {
        return weir.ask("drive well --json").object().getConfigList("exports").get(0);
    }

    /** Checks that the queues are full and within their bounds. */
    private static void checkBounds(Weir weir) {
        Config export = exportOf(weir);
        long queued = weir.ask("drives --json").json().stream()
                .mapToLong(drive -> drive.getLong("queued_reads") + drive.getLong("queued_writes"))
                .sum();
        long bound = Math.min(
                export.getLong("max_bytes") / export.getLong("min_request_bytes"),
                export.getLong("max_requests") * CLIENTS);
        System.out.printf("flood: %d of at most %d requests wait; %s%n", queued, bound, export);
        assertTrue(export.getInt("clients") >= CLIENTS, export::toString);
        assertTrue(queued <= bound && queued >= bound / 2, queued + " of " + bound);
        long most = export.getLong("max_bytes") + (long) export.getInt("clients") * BEHIND_BYTES;
        assertTrue(export.getLong("bytes") <= most, export::toString);
    }

    private static long percentile(List<Long> values, int percent) {
        Collections.sort(values);
        return values.get(values.size() * percent / 100);
    }

    private static void report(Figures before, List<Figures> during, Figures after, List<Long> calm, List<Long> busy) {
        System.out.printf("flood: before %s%n", before);
        during.forEach(one -> System.out.printf("flood: during %s%n", one));
        System.out.printf("flood: after %s%n", after);
        System.out.printf(
                "flood: a read took %d us (p99 %d) before, %d us (p99 %d) during%n",
                percentile(calm, 50), percentile(calm, 99), percentile(busy, 50), percentile(busy, 99));
    }

    private static void check(Figures before, List<Figures> during, Figures after, List<Long> calm, List<Long> busy) {
        Figures first = during.get(0);
        Figures last = during.get(during.size() - 1);
        String what = before + " " + during + " " + after;
        assertTrue(last.heapKib() <= first.heapKib() * 11 / 10 + HEAP_NOISE_KIB, what);
        long used = (long) Math.min(DRIVES, CLIENTS) * USED_DRIVE_KIB;
        assertTrue(after.heapKib() <= before.heapKib() * 11 / 10 + HEAP_NOISE_KIB + used, what);
        assertTrue(last.directKib() <= first.directKib() + SPARE_KIB, what);
        long pages = (long) CLIENTS / 2 * PAGE_KIB;
        assertTrue(after.directKib() <= before.directKib() + SPARE_KIB + JDK_KIB + pages, what);
        assertTrue(last.threads() <= before.threads() + THREADS, what);
        assertTrue(percentile(busy, 50) <= 3 * percentile(calm, 50) + 1000, () -> "latency: " + calm + busy);
    }
}
