package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Filters are added, changed, removed and replaced, and the drive is resized, while clients are attached. {@code
 * -Dweir.filter.seconds=3600} runs for an hour, {@code -Dweir.seed=N} repeats a run.
 */
class FiltersIT {
    private static final int SECONDS = Integer.getInteger("weir.filter.seconds", 60);
    private static final int PAUSE_MILLIS = 150;

    /** The size at the start, which the client uses (MiB). */
    private static final int MIB = 64;

    private static final Path TRACE = Path.of(System.getProperty("weir.example"))
            .resolveSibling("../../filter-trace/target/weir-filter-trace-1.0.0.jar")
            .normalize();

    private final Path folder;
    private final Path deploy;
    private Weir weir;

    /** The size of the drive (MiB). */
    private int size = MIB;

    private int resizes;

    FiltersIT(@TempDir Path folder) {
        this.folder = folder;
        deploy = folder.resolve("home/deploy");
    }

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(deploy);
        Files.copy(TRACE, deploy.resolve("trace.jar"));
        LateFilterBundle.write(deploy.resolve("late.jar"), "1.0.0");
        write(List.of(), "");
        weir = Weir.start(
                folder.resolve("home"), "--config", folder.resolve("weir.conf").toString());
        weir.await(() -> List.of("faults", "late", "trace")
                .equals(weir.ask("filters --json").json().stream()
                        .map(each -> each.getString("type"))
                        .sorted()
                        .toList()));
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    private void write(List<String> filters, String more) throws IOException {
        Weir.writeConfiguration(
                folder,
                "weir.drives.vm1 { backend { type = memory, size = 64MiB }, filters = [ %s ], %s }"
                        .formatted(String.join(", ", filters), more));
    }

    private Config vm1() {
        return weir.ask("drive vm1 --json").object();
    }

    private List<String> filters() {
        return vm1().getConfigList("filters").stream()
                .map(each -> each.getString("type") + " " + each.getInt("held"))
                .toList();
    }

    @Test
    void filterThatLeavesTheFileReleasesItsRequests() throws IOException {
        try (RawNbd client = new RawNbd(weir.socket(), "vm1")) {
            write(List.of("{ type = late, delay = 1h }", "{ type = trace, slower-than = 1h }"), "");
            weir.ask("reload").ok();
            for (int i = 1; i <= 3; i++) {
                client.request(0, RawNbd.WRITE, i, i * 512L, 512, ByteBuffer.allocate(512));
            }
            weir.await(() -> filters().equals(List.of("late 3", "trace 0")));
            assertEquals(
                    List.of("filter late: late", "filter late: late", "filter late: late"),
                    weir.ask("queue vm1 --json").json().stream()
                            .map(each -> each.getString("held_by"))
                            .toList());
            assertEquals(
                    "late 3, trace 0",
                    weir.ask("watch --json").json().get(0).getConfigList("filters").stream()
                            .map(each -> each.getString("type") + " " + each.getInt("held"))
                            .collect(Collectors.joining(", ")));

            write(List.of("{ type = trace, slower-than = 1h }"), "");
            String reload = weir.ask("reload").ok().out();
            assertTrue(reload.startsWith("changed   drive vm1"), reload);
            for (int i = 1; i <= 3; i++) {
                assertEquals(new RawNbd.Reply(i, 0), client.reply());
            }
            assertEquals(List.of("trace 0"), filters());

            write(List.of(), "");
            weir.ask("reload").ok();
            assertEquals(List.of(), filters());
            client.read(0, 512);
        }
    }

    @Test
    void changesUnderLoadLoseNothing() throws Exception {
        Client.needFio();
        long seed = Long.getLong("weir.seed", new Random().nextLong());
        Random random = new Random(seed);
        int changes = 0;
        try (FioLoad fio = FioLoad.start(folder.resolve("fio"), FioLoad.VERIFY.formatted("vm1", weir.uri("vm1")))) {
            long end = System.nanoTime() + SECONDS * 1_000_000_000L;
            while (System.nanoTime() - end < 0) {
                change(random);
                changes++;
                assertTrue(fio.isRunning(), "fio has ended");
                Weir.pause(PAUSE_MILLIS);
            }
            put("late.jar", "9.0.0");
            write(List.of(), "");
            weir.ask("reload").ok();
            weir.await(() -> vm1().getString("state").equals("serving")
                    && vm1().getConfigList("filters").isEmpty());
            long done = vm1().getLong("counters.writes");
            weir.await(() -> vm1().getLong("counters.writes") > done + 100);
            fio.stop();
        } catch (AssertionError e) {
            throw new AssertionError("-Dweir.seed=" + seed + ": " + e.getMessage(), e);
        }
        assertEquals((long) size << 20, vm1().getLong("size_bytes"));
        assertTrue(resizes > 0, "no change of the size succeeded");
        Config counters = vm1().getConfig("counters");
        assertEquals(0, counters.getInt("failed"));
        System.out.printf(
                "%d changes in %d s, %d of them of the size, %d reads and %d writes, seed %d%n",
                changes, SECONDS, resizes, counters.getLong("reads"), counters.getLong("writes"), seed);
    }

    private void change(Random random) throws IOException {
        switch (random.nextInt(9)) {
            case 0 -> {
                String bundle = weir.bundle("org.example.trace");
                weir.stop(bundle);
                Weir.pause(random.nextInt(50));
                weir.start(bundle);
            }
            case 1 -> put("late.jar", "1.0." + random.nextInt(1000));
            case 2 -> weir.ask("queue vm1").ok();
            case 3 -> resize(MIB + random.nextInt(32));
            default -> {
                List<String> filters = new ArrayList<>();
                for (int left = random.nextInt(4); left > 0; left--) {
                    filters.add(
                            random.nextBoolean()
                                    ? "{ type = late, delay = %dms }".formatted(random.nextInt(20))
                                    : "{ type = trace, slower-than = %dms }".formatted(1 + random.nextInt(50)));
                }
                write(filters, "limits.iops = " + (200 + random.nextInt(400)));
                if (random.nextBoolean()) {
                    Client.Result reload = weir.ask("reload");
                    // a filter whose bundle is being replaced leaves its drive holding
                    assertTrue(reload.status() == 0 || reload.status() == 3, reload::err);
                }
            }
        }
    }

    private void resize(int newSize) {
        Client.Result resized = weir.ask("resize vm1 %dMiB --shrink".formatted(newSize));
        if (resized.status() == 0) {
            size = newSize;
            resizes++;
        } else {
            // the bundle of a filter is being replaced
            assertTrue(resized.err().contains("drive vm1 holds its queue: filter "), resized::err);
        }
    }

    private void put(String name, String version) throws IOException {
        Path next = folder.resolve("next.jar");
        LateFilterBundle.write(next, version);
        Files.move(next, deploy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
