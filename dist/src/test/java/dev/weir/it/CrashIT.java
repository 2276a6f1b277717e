package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Weir is killed at random moments, repeatedly in one home. Flushed data is there, no block is torn, no child process
 * is left, and each start is clean. {@code -Dweir.crashes=50} sets the number of kills, {@code -Dweir.seed=N} repeats
 * a run.
 */
class CrashIT {
    private static final int CRASHES = Integer.getInteger("weir.crashes", 5);
    private static final int BLOCKS = 512;
    private static final long BYTES = BLOCKS * (long) CrashedDrive.BLOCK;
    private static final int MAX_LOAD_MILLIS = 400;
    private static final int MAX_START_MILLIS = 1_000;

    /** Exit status of {@code qemu-img check} for space that is lost, and nothing else. */
    private static final int LEAKS_ONLY = 3;

    /** The report of a start while the daemon of the killed Weir still ends. */
    private static final Pattern OPENING =
            Pattern.compile("weir: drive vm1 is not served: its backend is still being opened.*\n");

    /** The storage of the drive. */
    enum Storage {
        FILE,
        /** A qcow2 image in a {@code qemu-storage-daemon}, which is a child of Weir. */
        QEMU,
        /** A qcow2 image in a qemu-nbd that lives on. */
        NBD
    }

    private final Path folder;
    private final Path image;

    CrashIT(@TempDir Path folder) {
        this.folder = folder;
        image = folder.resolve("vm1.img");
    }

    @ParameterizedTest
    @EnumSource
    void flushedDataSurvivesCrashes(Storage storage) throws IOException {
        switch (storage) {
            case FILE -> crash(storage, "file=%s,size=%d".formatted(image, BYTES));
            case QEMU -> {
                Client.need("qemu-storage-daemon", "qemu-img", "setpriv");
                crash(storage, "file=%s,size=%d,format=qcow2".formatted(image, BYTES));
                checkImage();
            }
            case NBD -> {
                Client.need("qemu-nbd", "qemu-img");
                Client.run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(BYTES))
                        .ok();
                try (FarServer far = FarServer.qemuNbd(folder.resolve("far.sock"), image, "qcow2")) {
                    crash(storage, "uri=" + far.uri());
                    far.stop();
                }
                checkImage();
            }
        }
    }

    private void checkImage() {
        int check = Client.run("qemu-img", "check", image.toString()).status();
        assertTrue(check == 0 || check == LEAKS_ONLY, "qemu-img check: " + check);
    }

    private void crash(Storage storage, String options) throws IOException {
        long seed = Long.getLong("weir.seed", new Random().nextLong());
        Random random = new Random(seed);
        CrashedDrive drive = new CrashedDrive(BLOCKS, random);
        List<String> firstHome = List.of();
        try {
            for (int crash = 0; crash < CRASHES; crash++) {
                if (crash % 4 == 3) {
                    killWhileItStarts(options, random);
                }
                try (Weir weir = launch(options)) {
                    weir.awaitReady();
                    firstHome = crash == 0 ? home() : firstHome;
                    assertEquals(firstHome, home(), "what is in the home");
                    killUnderLoad(weir, drive, random);
                    assertEquals("", OPENING.matcher(weir.faults()).replaceAll(""));
                }
            }
            try (Weir weir = launch(options)) {
                weir.awaitReady();
                try (RawNbd client = new RawNbd(weir.socket(), "vm1")) {
                    drive.check(client);
                }
                assertEquals(0, weir.stop());
            }
        } catch (AssertionError | IOException e) {
            throw new AssertionError("-Dweir.seed=" + seed + ": " + e.getMessage(), e);
        }
        System.out.printf("%s: %d crashes, %s, seed %d%n", storage, CRASHES, drive.summary(), seed);
    }

    private Weir launch(String options) {
        return Weir.launchQuickly(folder.resolve("home"), "-drive", "id=vm1," + options);
    }

    private static void killLater(Weir weir, int millis) {
        Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
        later.execute(weir::kill);
    }

    /** Returns the files in the home except log contents. */
    private List<String> home() throws IOException {
        Path home = folder.resolve("home");
        try (Stream<Path> files = Files.walk(home, 3)) {
            return files.map(file -> home.relativize(file).toString())
                    .filter(file -> !file.startsWith("log"))
                    .sorted()
                    .toList();
        }
    }

    private void killWhileItStarts(String options, Random random) {
        try (Weir weir = launch(options)) {
            killLater(weir, random.nextInt(MAX_START_MILLIS));
            weir.awaitEnd();
        }
    }

    private static void killUnderLoad(Weir weir, CrashedDrive drive, Random random) throws IOException {
        List<ProcessHandle> children =
                ProcessHandle.of(weir.pid()).orElseThrow().descendants().toList();
        try (RawNbd client = new RawNbd(weir.socket(), "vm1")) {
            drive.check(client);
            killLater(weir, random.nextInt(MAX_LOAD_MILLIS));
            drive.load(client);
        }
        weir.awaitEnd();
        for (ProcessHandle child : children) {
            for (int i = 0; child.isAlive(); i++) {
                assertTrue(i < 100, () -> "a child is left: " + child.info());
                Weir.pause(50);
            }
        }
    }
}
