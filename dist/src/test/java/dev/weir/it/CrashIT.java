package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weir is killed at random moments, repeatedly in one home. Flushed data is there, no block is torn, and each start
 * is clean. {@code -Dweir.crashes=100} sets the number of kills, {@code -Dweir.seed=N} repeats a run.
 */
class CrashIT {
    private static final int CRASHES = Integer.getInteger("weir.crashes", 8);
    private static final int BLOCKS = 512;
    private static final int MAX_LOAD_MILLIS = 400;
    private static final int MAX_START_MILLIS = 1_000;

    @TempDir
    private Path folder;

    private Weir launch() {
        return Weir.launchQuickly(
                folder.resolve("home"),
                "-drive",
                "id=vm1,file=%s,size=%d".formatted(folder.resolve("vm1.img"), BLOCKS * CrashedDrive.BLOCK));
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

    @Test
    void flushedDataSurvivesCrashes() throws IOException {
        long seed = Long.getLong("weir.seed", new Random().nextLong());
        Random random = new Random(seed);
        CrashedDrive drive = new CrashedDrive(BLOCKS, random);
        List<String> firstHome = List.of();
        try {
            for (int crash = 0; crash < CRASHES; crash++) {
                if (crash % 4 == 3) {
                    killWhileItStarts(random);
                }
                try (Weir weir = launch()) {
                    weir.awaitReady();
                    firstHome = crash == 0 ? home() : firstHome;
                    assertEquals(firstHome, home(), "what is in the home");
                    killUnderLoad(weir, drive, random);
                    // on a busy machine the start reports the pending step
                    assertEquals("", weir.errors().replaceAll("weir: waiting for .*\n", ""));
                }
            }
        } catch (AssertionError | IOException e) {
            throw new AssertionError("-Dweir.seed=" + seed + ": " + e.getMessage(), e);
        }
        System.out.printf("%d crashes, %s, seed %d%n", CRASHES, drive.summary(), seed);
    }

    private void killWhileItStarts(Random random) {
        try (Weir weir = launch()) {
            killLater(weir, random.nextInt(MAX_START_MILLIS));
            weir.awaitEnd();
        }
    }

    private static void killUnderLoad(Weir weir, CrashedDrive drive, Random random) throws IOException {
        try (RawNbd client = new RawNbd(weir.socket(), "vm1")) {
            drive.check(client);
            killLater(weir, random.nextInt(MAX_LOAD_MILLIS));
            drive.load(client);
        }
        weir.awaitEnd();
    }
}
