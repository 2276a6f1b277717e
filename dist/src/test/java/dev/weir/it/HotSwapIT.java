package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundles, policies and configuration change while fio writes, reads and verifies, with one Weir, one connection and
 * no error.
 *
 * <p>The drive {@code vm1} is saturated at a constant limit, so its total is known to the byte. The drive {@code
 * bucket} has a limit that holds no request. Each of its requests is due at once, so its longest latency around a
 * swap is the stall of the swap.
 */
@Tag(Client.ALONE)
class HotSwapIT {
    /** Number of swaps; {@code -Dweir.swaps=100} for a busy machine. */
    private static final int SWAPS = Integer.getInteger("weir.swaps", 1000);

    private static final int LIMIT_CHANGES = SWAPS;
    private static final int RELOADS = SWAPS / 10;
    private static final int DEPLOYS = SWAPS / 100;
    private static final long LIMIT = 16 << 20;

    /** The longest gap without a policy that costs no throughput: a bucket holds 100 ms. */
    private static final double MADE_UP_FOR_SECONDS = 0.09;

    /**
     * The load average, of which this test makes 3, above which a swap waits for a processor longer than it takes.
     */
    private static final int BUSY = 2 * Runtime.getRuntime().availableProcessors();

    private static final Path JAR = shipped("weir-throttle-bucket");

    @TempDir
    private static Path folder;

    private static Weir weir;
    private static FioLoad fio;

    private final ConcurrentLinkedQueue<Swap> swaps = new ConcurrentLinkedQueue<>();

    /** A swap and its begin and end, in milliseconds since the epoch. */
    private record Swap(String way, long begin, long end) {}

    /** A request of a drive whose limit holds no request. */
    private record Probe(long end, long nanos) {}

    private static Path shipped(String name) {
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("weir.folder"), "bundles/20"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Client.needFio();
        writeConfiguration(0);
        weir = Weir.start(
                folder.resolve("home"), "--config", folder.resolve("weir.conf").toString());
        fio = FioLoad.start(
                folder.resolve("fio"),
                FioLoad.VERIFY.formatted("vm1", weir.uri("vm1"))
                        + """
                [bucket]
                uri=%s
                rw=randread
                bs=4k
                size=4m
                rate_iops=250
                write_lat_log=bucket
                """
                                .formatted(weir.uri("bucket")));
        weir.await(() -> bytes(vm1()) > 0);
    }

    @AfterAll
    static void stop() {
        if (fio != null) {
            fio.close();
        }
        if (weir != null) {
            weir.close();
        }
    }

    /** Writes a file that differs in a limit that holds no request, and every other time in a policy. */
    private static void writeConfiguration(int version) throws IOException {
        Weir.writeConfiguration(
                folder,
                """
                weir.drives {
                  vm1 { backend { type = memory, size = 64MiB }, policy = %s, limits { bps = 16MiB, iops = %d } }
                  bucket { backend { type = memory, size = 4MiB }, limits.iops = 1000000 }
                }
                """
                        .formatted(version % 4 < 2 ? "bucket" : "slice", 100_000 + version));
    }

    private static Config vm1() {
        return weir.ask("drives --json").ok().json().get(0);
    }

    private static long bytes(Config drive) {
        return drive.getLong("counters.read_bytes") + drive.getLong("counters.write_bytes");
    }

    private static Set<String> clients() {
        Set<String> clients = waiting();
        for (int i = 0; clients.isEmpty() && i < 100; i++) {
            clients = waiting();
        }
        return clients;
    }

    private static Set<String> waiting() {
        return weir.ask("queue vm1 --json").ok().json().stream()
                .map(request -> request.getString("client"))
                .collect(Collectors.toSet());
    }

    @Test
    void swapsAreInvisibleToClients() throws Exception {
        Set<String> before = clients();
        double calm = bytesPerSecond(() -> Weir.pause(2000));
        Instant begin = Instant.now();
        double rate = bytesPerSecond(() -> Stream.of(
                        run(this::swapByCommands), run(this::deploy), run(this::changeLimits), run(this::changeFile))
                .toList()
                .forEach(CompletableFuture::join));
        double seconds = Duration.between(begin, Instant.now()).toNanos() / 1e9;
        calm = Math.min(calm, bytesPerSecond(() -> Weir.pause(2000)));
        Set<String> after = clients();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        fio.stop();

        List<Probe> probes = probes("bucket");
        Map<String, List<Double>> stalls = stallsByWay(probes);
        stalls.forEach((way, millis) -> System.out.printf(
                "%d swaps by %s: longest stall of a request %.1f ms for one in ten, %.1f in the middle, %.1f at worst%n",
                millis.size(), way, at(millis, 0.1), at(millis, 0.5), at(millis, 1)));
        double lost = lostSeconds(probes);
        System.out.printf(
                "%.0f bytes/s over %.1f s under a limit of %d, %.0f before and after; stalls that a bucket does not"
                        + " make up for: %.2f s; load %.1f%n",
                rate, seconds, LIMIT, calm, lost, load);
        assertTrue(swaps.size() >= SWAPS, swaps.size() + " swaps");
        assertTrue(rate <= 1.01 * LIMIT, rate + " bytes/s");
        // fio fails if its connection ends; a held request shows its client, but a busy machine may hold none
        before.addAll(after);
        assertTrue(before.size() <= 1, before::toString);
        // the next steps need some processor time
        assumeTrue(load < BUSY && calm > 0.97 * LIMIT, "needs a machine that is less busy, to measure what swaps cost");
        assertTrue(rate >= 0.99 * LIMIT * (seconds - lost) / seconds, rate + " bytes/s");
        stalls.forEach((way, millis) -> assertTrue(at(millis, 0.5) < 50, () -> way + " " + millis));
    }

    /** Returns the rate of the busy drive during an action. */
    private static double bytesPerSecond(Runnable meanwhile) {
        Instant begin = Instant.now();
        long done = bytes(vm1());
        meanwhile.run();
        long more = bytes(vm1()) - done;
        return more / (Duration.between(begin, Instant.now()).toNanos() / 1e9);
    }

    private interface Step {
        void run() throws IOException;
    }

    private CompletableFuture<Void> run(Step step) {
        return CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Makes two swaps with one command line, because a command line costs as much as a swap. */
    private void swapTwice(String way, String commands) {
        long begin = System.currentTimeMillis();
        weir.ask(commands).ok();
        Swap swap = new Swap(way, begin, System.currentTimeMillis());
        swaps.addAll(List.of(swap, swap));
        Weir.pause(10);
    }

    /** Stops and starts, updates and exchanges policies until each kind has enough swaps. */
    private void swapByCommands() {
        String bundle = "b = ($.context getBundle %s)".formatted(weir.bundle("weir-throttle-bucket"));
        while (swaps.size() < SWAPS) {
            synchronized (this) {
                swapTwice("command", "policy vm1 slice; policy bucket slice; policy bucket bucket; policy vm1 bucket");
                swapTwice("stop and start", bundle + "; $b stop; $b start; $b stop; $b start");
                swapTwice("update", bundle + "; update $b; update $b");
            }
            Weir.pause(5);
        }
    }

    /** Drops the jar of the shipped policy into the deploy folder, while no other swap runs. */
    private void deploy() throws IOException {
        String line = "drive bucket goes on with policy bucket";
        for (int i = 0; i < DEPLOYS; i++) {
            synchronized (this) {
                long before = weir.logged();
                Path jar = Files.copy(JAR, folder.resolve("next.jar"), StandardCopyOption.REPLACE_EXISTING);
                long begin = System.currentTimeMillis();
                Files.move(jar, folder.resolve("home/deploy/bucket.jar"), StandardCopyOption.ATOMIC_MOVE);
                weir.awaitLogged(line, before);
                swaps.add(new Swap("deploy", begin, System.currentTimeMillis()));
            }
            Weir.pause(500);
        }
    }

    private void changeLimits() {
        for (int i = 0; i < LIMIT_CHANGES; i += 10) {
            weir.ask(IntStream.range(i, i + 10)
                            .mapToObj(change -> "limits vm1 iops=" + (200_000 + change))
                            .collect(Collectors.joining("; ")))
                    .ok();
            Weir.pause(100);
        }
    }

    /** Changes the file and waits for its application: by the watch, or every other time by a command. */
    private void changeFile() throws IOException {
        String line = "configuration: changed drive vm1";
        for (int version = 1; version <= RELOADS; version++) {
            long before = weir.logged();
            writeConfiguration(version);
            if (version % 2 == 0) {
                weir.ask("reload").ok();
            }
            weir.awaitLogged(line, before);
        }
    }

    /** Returns fio's log of the requests of an unheld drive. */
    private static List<Probe> probes(String drive) throws IOException {
        try (Stream<Path> logs = Files.list(folder.resolve("fio"))) {
            Path log = logs.filter(file -> file.getFileName().toString().startsWith(drive + "_lat."))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(log).stream()
                    .map(line -> line.split(", ", -1))
                    .map(fields -> new Probe(Long.parseLong(fields[0]), Long.parseLong(fields[1])))
                    .toList();
        }
    }

    /** Returns for each swap the longest latency of a request in flight meanwhile, in milliseconds. */
    private Map<String, List<Double>> stallsByWay(List<Probe> probes) {
        Map<String, List<Double>> stalls = new TreeMap<>();
        for (Swap swap : swaps) {
            double longest = probes.stream()
                    .filter(probe -> probe.end >= swap.begin && probe.end - probe.nanos / 1_000_000 <= swap.end)
                    .mapToDouble(probe -> probe.nanos / 1e6)
                    .max()
                    .orElse(0);
            stalls.computeIfAbsent(swap.way, way -> new ArrayList<>()).add(longest);
        }
        stalls.values().forEach(millis -> millis.sort(null));
        return stalls;
    }

    private static double lostSeconds(List<Probe> probes) {
        return probes.stream()
                .mapToDouble(probe -> Math.max(0, probe.nanos / 1e9 - MADE_UP_FOR_SECONDS))
                .sum();
    }

    private static double at(List<Double> sorted, double part) {
        return sorted.get(Math.min(sorted.size() - 1, (int) (part * sorted.size())));
    }
}
