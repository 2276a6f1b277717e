package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drives in QEMU's formats. {@code -Dweir.crashes=50} sets the number of kills, {@code -Dweir.seed=N} repeats a run.
 */
class QemuStorageIT {
    private static final int CRASHES = Integer.getInteger("weir.crashes", 5);
    private static final int BLOCKS = 512;
    private static final int MAX_LOAD_MILLIS = 400;

    /** Exit status of {@code qemu-img check} for space that is lost, and nothing else. */
    private static final int LEAKS_ONLY = 3;

    private final Path folder;
    private final Path home;
    private final Path image;

    QemuStorageIT(@TempDir Path folder) {
        this.folder = folder;
        home = folder.resolve("home");
        image = folder.resolve("vm1.qcow2");
    }

    @BeforeEach
    void needQemu() {
        Client.need("qemu-storage-daemon", "qemu-img", "qemu-io", "setpriv");
    }

    /** Every Weir has ended. */
    @AfterEach
    void noDaemonIsLeft() throws IOException {
        for (int i = 0; !daemons().isEmpty(); i++) {
            assertTrue(i < 100, () -> "a daemon is left");
            Weir.pause(50);
        }
    }

    private List<ProcessHandle> daemons() throws IOException {
        Path base = folder.toRealPath().resolve("home/run/qemu");
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.readSymbolicLink(Path.of("/proc/%d/cwd".formatted(process.pid())))
                                .startsWith(base);
                    } catch (IOException e) {
                        return false; // ended
                    }
                })
                .toList();
    }

    private static void qemuImg(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "qemu-img";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Client.run(command).ok();
    }

    private static String io(String command, String... where) {
        String[] words = new String[where.length + 3];
        words[0] = "qemu-io";
        words[1] = "-c";
        words[2] = command;
        System.arraycopy(where, 0, words, 3, where.length);
        return Client.run(words).ok().out();
    }

    private Weir start(String more) {
        return Weir.start(home, "-drive", "id=vm1,file=" + image + more);
    }

    private static Config drive(Weir weir) {
        return weir.ask("drive vm1 --json").object();
    }

    @Test
    void overlayServesAVerifyingClientAndItsImageIsTheSame() {
        Client.needFio();
        Path base = folder.resolve("base.qcow2");
        Path copy = folder.resolve("copy.img");
        qemuImg("create", "-q", "-f", "qcow2", base.toString(), "64M");
        io("write -P 7 0 64M", base.toString());
        qemuImg("create", "-q", "-f", "qcow2", "-b", base.toString(), "-F", "qcow2", image.toString());
        try (Weir weir = start(",format=qcow2")) {
            assertEquals("qemu", drive(weir).getString("backend"));
            io("read -P 7 32M 32M", "-f", "raw", weir.uri("vm1"));
            FioLoad.verify(weir.uri("vm1"), "--bs=16k", "--size=32m");
            io("discard 8M 1M", "-f", "raw", weir.uri("vm1"));
            io("write -z 16M 1M", "-f", "raw", weir.uri("vm1"));
            qemuImg("convert", "-f", "raw", "-O", "raw", weir.uri("vm1"), copy.toString());
            assertEquals(0, weir.stop());
        }
        qemuImg("compare", "-f", "raw", "-F", "qcow2", copy.toString(), image.toString());
        qemuImg("check", image.toString());
    }

    @Test
    void headerOfTheFileChoosesTheBackend() throws IOException {
        qemuImg("create", "-q", "-f", "qcow2", image.toString(), "16M");
        try (Weir weir = start("")) {
            assertEquals("qemu", drive(weir).getString("backend"));
            assertEquals(16 << 20, RawNbd.size(weir.socket(), "vm1"));
            assertTrue(weir.log().contains("vm1.qcow2 is a qcow2 image, so its backend is qemu"), weir::log);
            String bundle = weir.bundle("weir-backend-qemu");
            weir.stop(bundle);
            weir.await(() -> drive(weir).getString("reason").contains("qemu"));
            weir.start(bundle);
            weir.await(() -> drive(weir).getString("reason").isEmpty());
        }
        try (Weir weir = start(",format=raw")) {
            assertEquals("file", drive(weir).getString("backend"));
            assertEquals(Files.size(image), RawNbd.size(weir.socket(), "vm1"));
        }
    }

    @Test
    void guestsHeaderOpensNoFileOfTheHost() {
        Path secret = folder.resolve("secret");
        qemuImg("create", "-q", "-f", "raw", secret.toString(), "1M");
        qemuImg("create", "-q", "-f", "qcow2", "-b", secret.toString(), "-F", "raw", image.toString());
        try (Weir weir = Weir.launch(home, "-drive", "id=vm1,file=" + image)) {
            weir.awaitErrors("drive vm1 is not served: path = " + image
                    + ": is a qcow2 image that may name other files of this host; set format = qcow2 if it is yours");
        }
    }

    @Test
    void resizeIsNoLostConnection() {
        try (Weir weir = start(",format=qcow2,size=16M")) {
            assertTrue(weir.ask("drive vm1").ok().out().contains(" size=16MiB\n"), "as in the file");
            assertTrue(weir.ask("resize vm1 32M").ok().out().contains("32 MiB"));
            assertTrue(weir.ask("resize vm1 24M --shrink").ok().out().contains("24 MiB"));
            assertTrue(weir.log().contains("resized drive vm1 from 32MiB to 24MiB"), weir::log);
            assertEquals("", weir.faults());
            assertEquals(0, weir.countLogged("connection to"));
            assertEquals(0, weir.stop());
        }
    }

    @Test
    void secondWriterIsKeptOut() {
        try (Weir weir = start(",format=qcow2,size=16M")) {
            Client.Result refused = Client.run("qemu-io", "-c", "write 0 4k", image.toString());
            assertNotEquals(0, refused.status());
            assertTrue(refused.err().contains("\"write\" lock"), refused.err());
            assertEquals("", drive(weir).getString("reason"));
        }
    }

    @Test
    void killedDaemonsLoseNothingFlushed() throws IOException {
        long seed = Long.getLong("weir.seed", new Random().nextLong());
        Random random = new Random(seed);
        CrashedDrive drive = new CrashedDrive(BLOCKS, random);
        try (Weir weir = start(",format=qcow2,size=" + BLOCKS * CrashedDrive.BLOCK);
                RawNbd client = new RawNbd(weir.socket(), "vm1")) {
            for (int crash = 0; crash < CRASHES; crash++) {
                drive.check(client);
                List<ProcessHandle> daemons = daemons();
                assertEquals(1, daemons.size());
                CompletableFuture<?> kill = CompletableFuture.runAsync(
                        daemons.get(0)::destroyForcibly,
                        CompletableFuture.delayedExecutor(random.nextInt(MAX_LOAD_MILLIS), TimeUnit.MILLISECONDS));
                drive.load(client, () -> !kill.isDone());
                daemons.get(0).onExit().join();
            }
            drive.check(client);
            weir.await(() -> drive(weir).getString("reason").isEmpty());
            assertTrue(weir.log().contains("qemu-storage-daemon ended with signal 9"), weir::log);
            assertEquals(0, weir.stop());
        } catch (AssertionError | IOException e) {
            throw new AssertionError("-Dweir.seed=" + seed + ": " + e.getMessage(), e);
        }
        int check = Client.run("qemu-img", "check", image.toString()).status();
        assertTrue(check == 0 || check == LEAKS_ONLY, "qemu-img check: " + check);
        System.out.printf("%d kills of the daemon, %s, seed %d%n", CRASHES, drive.summary(), seed);
    }
}
