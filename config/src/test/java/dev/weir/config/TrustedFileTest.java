package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.file.TrustedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files that other users can change. */
final class TrustedFileTest {
    private static final String DRIVE = "weir.drives.a.backend { type = memory, size = 1M }\n";
    private static final int OTHER = 12345;

    private final ConfigFolder folder;

    TrustedFileTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private List<String> faults() {
        return ConfigFolder.read(folder.inputs(List.of(), List.of()), TestTypes.ALL)
                .faults();
    }

    @Test
    void readingIsBounded() throws Exception {
        Path file = folder.write("weir.conf", "0123456789").file();
        assertEquals("0123456789", new String(TrustedFile.read(file, 10), UTF_8));
        assertEquals("must have 9 bytes at most", refusal(file, 9));
        mode(file, "rw-rw-rw-");
        assertTrue(refusal(file, 10).startsWith("is writable by every user (mode 666)"));
        Path pipe = file.resolveSibling("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals("must be a file", refusal(pipe, 10));
    }

    private static String refusal(Path file, int mostBytes) {
        return String.valueOf(assertThrows(IOException.class, () -> TrustedFile.read(file, mostBytes))
                .getMessage());
    }

    @Test
    void fileThatAllMayWriteIsAFault() throws IOException {
        folder.write("weir.conf", DRIVE);
        mode(folder.file(), "rw-rw-rw-");
        assertEquals(
                List.of("%1$s: is writable by every user (mode 666), so it cannot be trusted: chmod o-w %1$s"
                        .formatted(folder.file())),
                faults());
        mode(folder.file(), "rw-rw-r--");
        assertEquals(List.of(), faults());
    }

    @Test
    void includeThatAllMayWriteIsAFault() throws IOException {
        Path part = folder.write("part.conf", "").folder().resolve("part.conf");
        mode(part, "rw----rw-");
        assertEquals(
                List.of(
                        "weir.conf:1: include part.conf: %1$s is writable by every user (mode 606), so it cannot be trusted: chmod o-w %1$s"
                                .formatted(part)),
                folder.read("include \"part.conf\"\n" + DRIVE).faults());
    }

    /** A file there can be replaced, also through a link. */
    @Test
    void folderThatAllMayWriteIsAFault() throws IOException {
        Path open = Files.createDirectory(folder.folder().resolve("open"));
        Path part = Files.writeString(open.resolve("part.conf"), "");
        Files.createSymbolicLink(folder.folder().resolve("link.conf"), part);
        mode(open, "rwxrwxrwx");
        assertEquals(
                List.of(
                        "weir.conf:1: include link.conf: %s/link.conf is in a folder that is writable by every user (mode 777), so it cannot be trusted: chmod o-w %s"
                                .formatted(folder.folder(), open)),
                folder.read("include \"link.conf\"\n" + DRIVE).faults());

        Files.setAttribute(open, "unix:mode", 01777); // as /tmp
        assertEquals(List.of(), folder.read("include \"link.conf\"\n" + DRIVE).faults());
    }

    @Test
    void fileOfAnotherUserIsAFault() throws IOException {
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assumeTrue(self == 0, "only root gives files away");
        folder.write("weir.conf", DRIVE);
        Files.setAttribute(folder.file(), "unix:uid", OTHER);
        assertEquals(
                List.of("%1$s: belongs to user 12345, so it cannot be trusted: chown 0 %1$s".formatted(folder.file())),
                faults());
    }

    @Test
    void switchTurnsTheCheckOff() throws IOException {
        folder.write("weir.conf", DRIVE);
        mode(folder.file(), "rw-rw-rw-");
        System.setProperty("weir.check-folders", "false");
        try {
            assertNull(TrustedFile.violated(folder.file()));
        } finally {
            System.clearProperty("weir.check-folders");
        }
    }
}
