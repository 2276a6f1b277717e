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
 * More is asked than may be done, by many clients of many drives, for as long as is asked, in a heap of 256 MiB: every queue
 * stays at its bound, memory and descriptors stay what they are, and a client that behaves is served as before. With
 * {@code -Dweir.flood.drives=10000 -Dweir.flood.clients=2000 -Dweir.flood.seconds=180} it is a flood.
 */
class FloodIT {
    private static final int DRIVES = Integer.getInteger("weir.flood.drives", 300);
    private static final int CLIENTS = Integer.getInteger("weir.flood.clients", 300);
    private static final int SECONDS = Integer.getInteger("weir.flood.seconds", 3);
    private static final int SAMPLES = 3;
    private static final int PROBES = 100;
    private static final int PROBE_PAUSE_MILLIS = 10;

    /** What comes and goes in a heap, and what the JVM itself keeps of its work. */
    private static final int HEAP_NOISE_KIB = 8 << 10;

    /** What a drive takes from its first requests on, and keeps: two histograms of 5 KiB, and room in its queue. */
    private static final int USED_DRIVE_KIB = 14;

    /** What direct memory the server keeps for reuse; see {@code Bounds}. */
    private static final int SPARE_KIB = 64 << 10;

    /** What direct memory the JDK keeps for threads that write to channels from the heap. */
    private static final int JDK_KIB = 1 << 10;

    /** What of a client at its bound has been received, and counts though nothing may be left; see {@code Bounds}. */
    private static final int BEHIND_BYTES = 4 << 10;

    /** What a memory drive takes for a block that was written: a page. */
    private static final int PAGE_KIB = 64;

    /** The threads that the JVM and its beans start when they have more to do; a client has none. */
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

    /** Reads for so long, and returns how long each read took, in microseconds. */
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

    /** What waits is all that may wait, and no more. */
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
        assertTrue(after.descriptors() <= before.descriptors(), what);
        assertTrue(last.threads() <= before.threads() + THREADS, what);
        assertTrue(percentile(busy, 50) <= 3 * percentile(calm, 50) + 1000, () -> "latency: " + calm + busy);
    }
}
