package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drives and groups that commands define: under load, over a restart, beside the operator's file and over kills.
 * {@code -Dweir.crashes=50} sets the number of kills.
 */
class SavedIT {
    private static final int CRASHES = Integer.getInteger("weir.crashes", 3);
    private static final int MAX_CHANGES_MILLIS = 500;
    private static final String OPERATORS =
            """
            weir {
              drives {
                theirs { backend { type = memory, size = 1M } }
              }
            }
            """;

    private final Path home;

    SavedIT(@TempDir Path folder) throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve("weir.conf"), OPERATORS);
    }

    private Path file(String name) {
        return home.resolve("weir.d").resolve(name);
    }

    private static Config drive(Weir weir, String name) {
        return weir.ask("drive %s --json".formatted(name)).ok().object();
    }

    private static String refused(Weir weir, String command) {
        Client.Result result = weir.ask(command);
        assertEquals(1, result.status(), result::out);
        return result.err();
    }

    @Test
    void definedDrivesServeAndOutliveARestart() throws Exception {
        Client.need("fio", "qemu-io");
        try (Weir weir = Weir.start(home)) {
            weir.ask("group add tenant iops=5k --save").ok();
            weir.ask("drive add vm1 file=vm1.img size=64M iops=2k group=tenant --save")
                    .ok();
            weir.ask("drive add vm2 memory=1M --save").ok();
            weir.ask("drive add passing memory=1M").ok();
            assertEquals("serving", drive(weir, "vm1").getString("state"));
            assertTrue(Files.size(home.resolve("vm1.img")) == 64L << 20);
            try (FioLoad load = FioLoad.start(home.resolve("fio"), FioLoad.VERIFY.formatted("vm1", weir.uri("vm1")))) {
                for (int iops = 1000; iops <= 3000; iops += 100) {
                    weir.ask("drive set vm1 iops=%d --save".formatted(iops)).ok();
                    weir.ask("limits tenant iops=%d --save".formatted(2 * iops)).ok();
                }
                weir.ask("drive remove vm2 --save").ok();
                load.stop();
            }
            assertEquals(3000, drive(weir, "vm1").getLong("limits.iops"));
            weir.ask("drive rename vm1 vm3 --save").ok();
            assertEquals("serving", drive(weir, "vm3").getString("state"));
            Client.run("qemu-io", "-f", "raw", "-c", "write -P 7 0 64k", weir.uri("vm3"))
                    .ok();
            weir.ask("policy vm3 slice --save").ok();
            weir.ask("resize vm3 80M --save").ok();
            weir.ask("fault vm3 flaky on=write error=EIO percent=0.1 --save").ok();
            assertEquals(0, weir.stop());
        }
        try (Weir weir = Weir.start(home)) {
            assertEquals(
                    List.of("theirs", "vm3"),
                    Stream.of("theirs", "vm3", "vm1", "vm2", "passing")
                            .filter(name -> weir.ask("drive " + name).status() == 0)
                            .toList());
            Config vm3 = drive(weir, "vm3");
            assertEquals(3000, vm3.getLong("limits.iops"));
            assertEquals("slice", vm3.getString("policy"));
            assertEquals(80L << 20, vm3.getLong("size_bytes"));
            assertEquals(List.of("flaky"), faults(weir, "vm3"));
            assertTrue(vm3.getString("set_by.iops").startsWith("weir.d/drive-vm3.conf:"), vm3.getString("set_by.iops"));
            assertEquals(6000, weir.ask("group tenant --json").ok().object().getLong("limits.iops"));
            Client.run("qemu-io", "-f", "raw", "-c", "read -P 7 0 64k", weir.uri("vm3"))
                    .ok();
            weir.ask("drive remove vm3 --save --delete-storage=vm3").ok();
            assertFalse(Files.exists(home.resolve("vm1.img")));
            assertEquals(0, weir.stop());
        }
    }

    @Test
    void clearedFaultsOfAProfileStayOff() throws IOException {
        try (Weir weir = Weir.start(home)) {
            weir.ask("drive add disk memory=1M profile=hdd-7200 --save").ok();
            weir.ask("fault disk disk-read --clear --save").ok();
            weir.ask("reload --restore").ok();
            assertEquals(List.of("disk-write"), faults(weir, "disk"));
            weir.ask("fault disk --clear --save").ok();
            assertEquals(0, weir.stop());
        }
        try (Weir weir = Weir.start(home)) {
            assertEquals(List.of(), faults(weir, "disk"));
            assertEquals(0, weir.stop());
        }
    }

    private static List<String> faults(Weir weir, String drive) {
        return drive(weir, drive).getConfigList("faults").stream()
                .map(fault -> fault.getString("fault"))
                .toList();
    }

    @Test
    void operatorsDrivesAreRefusedWithTheirLine() throws IOException {
        try (Weir weir = Weir.start(home)) {
            for (String command : List.of(
                    "drive set theirs bps=1M --save",
                    "drive remove theirs",
                    "drive rename theirs mine",
                    "limits theirs bps=1M --save",
                    "policy theirs slice --save",
                    "resize theirs 2M --save",
                    "fault theirs slow latency=1ms --save",
                    "drive add theirs memory=1M --save")) {
                String error = refused(weir, command);
                assertTrue(error.contains("weir.conf:3: drives.theirs: is defined here"), command + ": " + error);
            }
            assertEquals(0, drive(weir, "theirs").getConfig("limits").entrySet().size());

            weir.ask("drive add vm1 memory=1M --save").ok();
            Files.writeString(
                    home.resolve("weir.conf"),
                    OPERATORS.replace("theirs {", "vm1 { backend { type = memory } }\ntheirs {"));
            assertTrue(refused(weir, "reload")
                    .contains(
                            "weir.d/drive-vm1.conf:1: drives.vm1: is also defined at weir.conf:3; remove one of them"));
            Files.writeString(home.resolve("weir.conf"), OPERATORS);
            weir.ask("reload").ok();
            assertEquals(0, weir.stop());
        }
    }

    @Test
    void refusedChangesChangeNothing() throws IOException {
        try (Weir weir = Weir.start(home)) {
            weir.ask("drive add vm1 memory=1M bps=10M --save").ok();
            String before = Files.readString(file("drive-vm1.conf"));
            assertTrue(refused(weir, "drive set vm1 bps=-5 --save")
                    .contains("drives.vm1.limits.bps = -5: must be 0 (no limit) or more"));
            assertTrue(refused(weir, "drive set vm1 colour=red --save").contains("drives.vm1.colour"));
            assertTrue(refused(weir, "drive add vm2 file=absent.img --save").contains("cannot be opened"));
            assertTrue(refused(weir, "drive rename vm1 vm2 --save").contains("would lose its contents"));

            // root may write anywhere, so a file takes the place of the folder
            Path away = home.resolve("away");
            Files.move(home.resolve("weir.d"), away);
            Files.writeString(home.resolve("weir.d"), "");
            assertTrue(refused(weir, "drive set vm1 bps=5M --save").contains("weir.d: must be a folder"));
            Files.delete(home.resolve("weir.d"));
            Files.move(away, home.resolve("weir.d"));
            Files.createDirectories(file(".drive-vm1.conf.new/in the way"));
            assertTrue(refused(weir, "drive set vm1 bps=5M --save").contains("cannot be saved in"));
            assertEquals(before, Files.readString(file("drive-vm1.conf")));
            assertEquals(10L << 20, drive(weir, "vm1").getLong("limits.bps"));
            assertEquals(0, weir.stop());
        }
    }

    @Test
    void filesByHandTakeEffect() throws IOException {
        try (Weir weir = Weir.start(home)) {
            weir.ask("drive add vm1 memory=1M --save").ok();
            Files.copy(file("drive-vm1.conf"), file("drive-vm2.conf"));
            weir.await(() -> weir.ask("drive vm2").status() == 0);
            Files.delete(file("drive-vm1.conf"));
            weir.await(() -> weir.ask("drive vm1").status() != 0);
            assertEquals(0, weir.stop());
        }
    }

    @Test
    void temporaryDefinitionsEndWithRestore() {
        try (Weir weir = Weir.start(home)) {
            weir.ask("drive add vm1 memory=1M bps=1M --save").ok();
            weir.ask("drive set vm1 bps=2M").ok();
            weir.ask("drive add vm2 memory=1M").ok();
            weir.ask("reload").ok();
            assertEquals(2L << 20, drive(weir, "vm1").getLong("limits.bps"));
            Config restored = weir.ask("reload --restore --json").ok().object();
            assertEquals("removed", restored.getString("restored.\"drive vm2\""));
            assertEquals(1L << 20, drive(weir, "vm1").getLong("limits.bps"));
            assertEquals(0, weir.stop());
        }
    }

    /** A kill during changes leaves each file in its old or its new form. */
    @Test
    void killLeavesOldOrNewFiles() throws IOException {
        long seed = Long.getLong("weir.seed", new Random().nextLong());
        Random random = new Random(seed);
        long kept = 0;
        for (int crash = 0; crash < CRASHES; crash++) {
            try (Weir weir = Weir.start(home)) {
                if (crash == 0) {
                    weir.ask("drive add vm1 memory=1M iops=1 --save").ok();
                    kept = 1;
                }
                long found = drive(weir, "vm1").getLong("limits.iops");
                long next = kept + 1;
                assertTrue(found == kept || found == next, "seed %d: %d after %d".formatted(seed, found, kept));
                kept = found;
                Thread killer = new Thread(() -> {
                    Weir.pause(random.nextInt(MAX_CHANGES_MILLIS));
                    weir.kill();
                });
                killer.start();
                kept = changeUntilKilled(weir, kept);
                killer.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        String text = Files.readString(file("drive-vm1.conf"));
        long iops = ConfigFactory.parseString(text).getLong("limits.iops");
        assertTrue(iops == kept || iops == kept + 1, "seed " + seed + ": " + text);
    }

    /** Returns the last value whose change was confirmed. */
    private static long changeUntilKilled(Weir weir, long from) {
        long value = from;
        try {
            while (weir.ask("drive set vm1 iops=%d --save".formatted(value + 1)).status() == 0) {
                value++;
            }
        } catch (AssertionError e) {
            // the socket is gone with its process
        }
        return value;
    }
}
