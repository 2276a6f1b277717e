package dev.weir.backend.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A supervised daemon of a drive. */
@Timeout(60)
class DaemonKeeperTest {
    private static final long MIB = 1 << 20;

    private final BlockingQueue<Long> served = new LinkedBlockingQueue<>();
    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5);
    private final Path folder;
    private final Path run;
    private @Nullable DaemonKeeper keeper;

    DaemonKeeperTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        run = Files.createDirectory(folder.resolve("run"));
    }

    @BeforeEach
    void assumeQemu() {
        Images.assumeQemu();
    }

    @AfterEach
    void closeKeeper() throws IOException {
        if (keeper != null) {
            keeper.close();
        }
        assertEquals(Set.of(), daemons());
    }

    private Set<Long> daemons() throws IOException {
        Path real = run.toRealPath();
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return real.equals(Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd")));
                    } catch (IOException e) {
                        return false;
                    }
                })
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    private DaemonKeeper keeper(Map<String, Object> options) throws IOException {
        DriveSetup setup = new DriveSetup(QemuSpec.of("vm1", options, false));
        DaemonKeeper made = new DaemonKeeper(
                "vm1",
                run,
                Programs.ofEnvironment(),
                new DaemonKeeper.Setup() {
                    @Override
                    public void serve(QmpClient qmp) throws IOException {
                        setup.serve(qmp);
                        served.add(daemons().iterator().next());
                    }

                    @Override
                    public void resize(QmpClient qmp, long size) throws IOException {
                        setup.resize(qmp, size);
                    }
                },
                clock);
        keeper = made;
        return made;
    }

    /** Returns the condition once there is one. */
    private static String fault(DaemonKeeper keeper) {
        while (keeper.condition().isEmpty()) {
            Thread.onSpinWait();
        }
        return keeper.condition();
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    private Path image() throws IOException {
        return Images.create(folder.resolve("vm1.qcow2"), "qcow2", MIB);
    }

    private String io(String command) throws IOException {
        return Images.run("qemu-io", "-f", "raw", "-c", command, "nbd+unix:///weir?socket=" + run.resolve(Daemon.NBD));
    }

    private long served() throws InterruptedException {
        Long pid = served.poll(30, TimeUnit.SECONDS);
        assertTrue(pid != null, "no daemon serves");
        return pid;
    }

    /** Waits for the pause before the next daemon and ends it. */
    private void endPause() {
        while (!clock.advanceToNextTimer()) {
            Thread.onSpinWait();
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    @Test
    void daemonServesTheImageAndEndsAtTheClose() throws Exception {
        DaemonKeeper keeper = keeper(Map.of("path", image().toString()));
        keeper.start();
        assertEquals("", keeper.condition());
        io("write -P 7 4k 4k");
        keeper.close();
        assertTrue(Images.run(
                        "qemu-io",
                        "-c",
                        "read -P 7 4k 4k",
                        folder.resolve("vm1.qcow2").toString())
                .contains("read 4096/4096"));
        assertTrue(Images.run("qemu-img", "check", folder.resolve("vm1.qcow2").toString())
                .contains("No errors"));
    }

    @Test
    void killedDaemonIsReplacedAndServesWhatWasFlushed() throws Exception {
        DaemonKeeper keeper = keeper(Map.of("path", image().toString()));
        keeper.start();
        long first = served();
        io("write -f -P 9 8k 4k");
        kill(first);
        assertEquals("qemu-storage-daemon ended with signal 9; no service for 0 s; starts again", fault(keeper));
        endPause();
        assertFalse(first == served());
        assertTrue(io("read -P 9 8k 4k").contains("read 4096/4096"));
    }

    @Test
    void imageThatIsInUseIsRefusedWithQemusReason() throws Exception {
        String image = image().toString();
        keeper(Map.of("path", image)).start();
        Path other = Files.createDirectory(folder.resolve("other"));
        DriveSetup setup = new DriveSetup(QemuSpec.of("vm2", Map.of("path", image), false));
        DaemonKeeper second = new DaemonKeeper("vm2", other, Programs.ofEnvironment(), setup, clock);
        IOException refusal = assertThrows(IOException.class, second::start);
        assertTrue(message(refusal).startsWith("path = " + image + ": "), message(refusal));
        assertTrue(message(refusal).contains("\"write\" lock"), message(refusal));
        second.close();
    }

    @Test
    void runningImageCanBeChecked() throws Exception {
        String image = image().toString();
        keeper(Map.of("path", image)).start();
        Path other = Files.createDirectory(folder.resolve("other"));
        try (Daemon daemon = Daemon.start(Programs.ofEnvironment().daemon(), other, "check", line -> {})) {
            new DriveSetup(QemuSpec.of("vm1", Map.of("path", image), false)).check(daemon.qmp());
        }
        try (Daemon daemon = Daemon.start(Programs.ofEnvironment().daemon(), other, "check", line -> {})) {
            new DriveSetup(QemuSpec.of("vm1", Map.of("path", image, "size", 2 * MIB), false)).check(daemon.qmp());
        }
        try (Daemon daemon = Daemon.start(Programs.ofEnvironment().daemon(), other, "check", line -> {})) {
            DriveSetup smaller = new DriveSetup(QemuSpec.of("vm1", Map.of("path", image, "size", MIB / 2), false));
            IOException refusal = assertThrows(IOException.class, () -> smaller.check(daemon.qmp()));
            assertTrue(message(refusal).startsWith("size = 512KiB: the image has 1MiB;"), message(refusal));
        }
        assertTrue(info().contains("(1048576 bytes)"), info());
    }

    private String info() throws IOException {
        return Images.run("qemu-img", "info", "-U", folder.resolve("vm1.qcow2").toString());
    }

    @Test
    void sizeChangesWhileTheImageIsServed() throws Exception {
        DaemonKeeper keeper = keeper(Map.of("path", image().toString(), "size", MIB));
        keeper.start();
        long first = served();
        io("write -P 7 0 4k");
        keeper.resize(3 * MIB);
        assertTrue(info().contains("(3145728 bytes)"), info());
        assertTrue(io("read -P 0 1M 2M").contains("read 2097152/2097152"));
        io("write -P 8 2M 4k");
        keeper.resize(MIB);
        keeper.resize(3 * MIB);
        assertTrue(io("read -P 0 2M 4k").contains("read 4096/4096"), "bytes beyond a smaller end came back");
        kill(first);
        fault(keeper);
        endPause();
        served();
        assertTrue(io("read -P 0 2M 1M").contains("read 1048576/1048576"));
        assertTrue(io("read -P 7 0 4k").contains("read 4096/4096"));
    }

    @Test
    void daemonThatHangsDuringAResizeIsReplaced() throws Exception {
        DaemonKeeper keeper = keeper(Map.of("path", image().toString()));
        keeper.start();
        long first = served();
        Images.run("kill", "-STOP", Long.toString(first));
        CompletableFuture<IOException> refusal =
                CompletableFuture.supplyAsync(() -> assertThrows(IOException.class, () -> keeper.resize(2 * MIB)));
        endPause();
        assertEquals(
                "size = 2MiB: qemu-storage-daemon did not change it within 300 s and was killed;"
                        + " the drive has either size",
                message(refusal.get(30, TimeUnit.SECONDS)));
        served();
        assertTrue(io("read -P 0 0 4k").contains("read 4096/4096"));
        keeper.resize(2 * MIB);
        assertTrue(info().contains("(2097152 bytes)"), info());
    }

    @Test
    void refusedSizeLeavesTheImageServed() throws Exception {
        DaemonKeeper keeper = keeper(Map.of("path", image().toString()));
        keeper.start();
        IOException refusal = assertThrows(IOException.class, () -> keeper.resize(Long.MAX_VALUE));
        assertTrue(message(refusal).startsWith("size = " + Long.MAX_VALUE + "B: "), message(refusal));
        assertTrue(io("read -P 0 0 4k").contains("read 4096/4096"));
        assertTrue(info().contains("(1048576 bytes)"), info());
    }

    @Test
    void largerConfiguredSizeGrowsTheImage() throws Exception {
        keeper(Map.of("path", image().toString(), "size", 2 * MIB)).start();
        assertTrue(info().contains("(2097152 bytes)"), info());
    }

    @Test
    void missingImageIsCreatedOnceAndPrivate() throws Exception {
        Path image = folder.resolve("new.qcow2");
        DaemonKeeper keeper = keeper(Map.of("path", image.toString(), "size", 3 * MIB, "create", true));
        keeper.start();
        long first = served();
        assertEquals(
                "rw-------",
                java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(image)));
        Files.delete(image);
        kill(first);
        endPause();
        while (!fault(keeper).contains("No such file")) {
            Thread.onSpinWait();
        }
        endPause();
        assertFalse(Files.exists(image));
    }

    @Test
    void deathOfTheParentThreadEndsTheDaemon() throws Exception {
        BlockingQueue<Daemon> started = new LinkedBlockingQueue<>();
        Thread parent = new Thread(() -> {
            try {
                started.add(Daemon.start(Programs.ofEnvironment().daemon(), run, "orphan", line -> {}));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        parent.start();
        Daemon daemon = started.poll(30, TimeUnit.SECONDS);
        String end = daemon.awaitEnd();
        assertTrue(end.contains("status 0"), end); // in order, because of SIGTERM
        daemon.close();
    }

    @Test
    void missingProgramNamesItsPackage() {
        IOException refusal = assertThrows(
                IOException.class, () -> Programs.of("/nonexistent").daemon());
        assertTrue(message(refusal).contains("Debian package util-linux"), message(refusal));
    }

    @Test
    void daemonThatDoesNotConnectIsReportedWithItsLastWords() {
        IOException refusal = assertThrows(
                IOException.class,
                () -> Daemon.start(
                        java.util.List.of("/bin/sh", "-c", "echo no such luck >&2; exit 3"), run, "test", line -> {}));
        assertEquals("qemu-storage-daemon ended with status 3: no such luck", message(refusal));
    }

    @Test
    void unknownDriverNamesThePackageOfDrivers() throws Exception {
        JsonObject blockdev = new JsonObject();
        blockdev.addProperty("driver", "nosuch");
        IOException refusal = assertThrows(IOException.class, () -> keeper(Map.of("blockdev", blockdev.toString()))
                .start());
        assertTrue(message(refusal).startsWith("blockdev: "), message(refusal));
    }
}
