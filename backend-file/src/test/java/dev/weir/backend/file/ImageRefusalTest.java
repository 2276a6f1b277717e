package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are refused as images, and the messages. */
class ImageRefusalTest {
    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path folder;
    private final Path image;

    ImageRefusalTest(@TempDir Path folder) {
        this.folder = folder;
        this.image = folder.resolve("disk.img");
    }

    @BeforeEach
    void writeImage() throws IOException {
        Files.write(image, new byte[1000]);
    }

    private void assertRefused(String message, Map<String, Object> options, boolean readOnly) {
        IOException refusal = assertThrows(IOException.class, () -> factory.open("vm1", options, readOnly));
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(message), refusal.getMessage());
    }

    private void assertRefused(String message, Path path) {
        assertRefused("path = " + path + ": " + message, Map.of("path", path.toString()), false);
    }

    @Test
    void missingPath() {
        assertRefused("path is missing: a file drive requires it", Map.of(), false);
    }

    @Test
    void invalidPath() {
        assertRefused("path = a\0b: is not a path: Nul character not allowed", Map.of("path", "a\0b"), false);
    }

    @Test
    void missingFile() {
        Path missing = folder.resolve("none.img");
        assertRefused("is missing; set create = true to create it", missing);
        assertRefused(
                "path = " + missing + ": is missing; a read-only drive does not create it",
                Map.of("path", missing.toString(), "create", true, "size", 10L),
                true);
        assertFalse(Files.exists(missing));
    }

    @Test
    void missingFolder() {
        Path missing = folder.resolve("a/b/none.img");
        String path = missing.toString();
        String message =
                "path = " + path + ": its folder " + missing.getParent() + " is missing; create the folder first";
        assertRefused(message, Map.of("path", path), false);
        assertRefused(message, Map.of("path", path, "create", true, "size", 10L), false);
        assertFalse(Files.exists(folder.resolve("a")));
    }

    @Test
    void fileInPlaceOfFolder() {
        assertRefused("its folder " + image + " is a file", image.resolve("none.img"));
    }

    @Test
    void invalidSizes() {
        String path = image.toString();
        assertRefused("size = 0: must be 1 byte or more", Map.of("path", path, "size", 0L), false);
        assertRefused("size = -5: must be 1 byte or more", Map.of("path", path, "size", -5L), false);
        assertRefused("create = true: requires a size", Map.of("path", path, "create", true), false);
    }

    @Test
    void smallerSize() throws IOException {
        for (boolean create : new boolean[] {true, false}) {
            assertRefused(
                    "size = 999B: " + image + " has 1kB; must not be less, which would lose data; shrink the"
                            + " running drive with \"resize vm1 999B --shrink\", or leave size out",
                    Map.of("path", image.toString(), "size", 999L, "create", create),
                    false);
        }
        assertEquals(1000, Files.size(image));
    }

    @Test
    void emptyFileWithoutCreate() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.img"));
        assertRefused("is empty; must have 1 byte or more", empty);
        assertRefused(
                "size = 10B: " + empty + " has 0B; must be the same, or be left out",
                Map.of("path", empty.toString(), "size", 10L, "create", true),
                true);
        assertEquals(0, Files.size(empty));
    }

    @Test
    void specialFile() {
        assertRefused("is a directory; must be a regular file or a block device", folder);
        assertRefused(
                "is a character device, pipe or socket; must be a regular file or a block device",
                Path.of("/dev/null"));
    }

    @Test
    void unreadableOrReadOnlyFile() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may write every file");
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("r--r--r--"));
        assertRefused("no permission to read and write", image);
        factory.open("vm1", Map.of("path", image.toString()), true).close();
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("---------"));
        assertRefused("path = " + image + ": no permission to read", Map.of("path", image.toString()), true);
    }

    @Test
    void immutableFile() {
        Path fixed = Path.of("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
        assumeTrue(Files.exists(fixed), fixed + " is missing");
        IOException refusal =
                assertThrows(IOException.class, () -> factory.open("vm1", Map.of("path", fixed.toString()), false));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("path = " + fixed + ": "), message);
        assertTrue(
                message.endsWith("no permission to read and write") || message.endsWith("Read-only file system"),
                message);
    }

    @Test
    void sizeBeyondTheFileSystem() {
        Path large = folder.resolve("large.img");
        assertRefused(
                "size = " + Long.MAX_VALUE + "B: " + large + " cannot be made that large: ",
                Map.of("path", large.toString(), "size", Long.MAX_VALUE, "create", true),
                false);
        assertFalse(Files.exists(large), "what could not be made is not left behind");
    }
}
