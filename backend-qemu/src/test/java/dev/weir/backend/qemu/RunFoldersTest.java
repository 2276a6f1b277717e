package dev.weir.backend.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Private folders of daemons. */
@Timeout(60)
class RunFoldersTest {
    private final Path base;
    private final RunFolders folders;

    RunFoldersTest(@TempDir Path folder) {
        base = folder.resolve("qemu");
        folders = new RunFolders(base, 100);
    }

    private static void requirePrivate(Path folder) throws IOException {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }

    @Test
    void foldersAreDistinctAndPrivate() throws IOException {
        Path first = folders.create();
        Path second = folders.create();
        assertNotEquals(first, second);
        requirePrivate(first);
        requirePrivate(base);
        Files.createFile(first.resolve(Daemon.NBD));
        folders.delete(first);
        assertFalse(Files.exists(first));
    }

    @Test
    void socketOfALongHomeIsInTheTemporaryFolder() throws IOException {
        Path folder = new RunFolders(Path.of("/" + "a".repeat(90))).create();
        requirePrivate(folder);
        assertTrue(folder.resolve(Daemon.NBD).toString().length() < 107);
        folders.delete(folder);
    }

    @Test
    void daemonOfAnEarlierWeirIsEnded() throws Exception {
        Path folder = folders.create();
        Process left =
                new ProcessBuilder("sleep", "1000").directory(folder.toFile()).start();
        try {
            folders.clear();
            assertTrue(left.waitFor(10, TimeUnit.SECONDS));
            assertFalse(Files.exists(folder));
        } finally {
            left.destroyForcibly();
        }
    }
}
