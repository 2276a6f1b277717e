package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of an image finds the errors of an open and changes nothing. */
final class CheckTest {
    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path image;

    CheckTest(@TempDir Path folder) {
        image = folder.resolve("a.img");
    }

    private Map<String, Object> options(long size, boolean create) {
        return Map.of("path", image.toString(), "size", size, "create", create);
    }

    private void make(long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(size);
        }
    }

    @Test
    void checkChangesNothingOfTheFile() throws Exception {
        Files.write(image, new byte[4096]);
        FileTime before = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(image, before);
        factory.check("a", options(4096, true), false);
        factory.check("a", options(8192, false), false);
        assertEquals(before, Files.getLastModifiedTime(image));
        assertEquals(4096, Files.size(image));
    }

    @Test
    void missingImageIsNotCreated() {
        assertDoesNotThrow(() -> factory.check("a", options(4096, true), false));
        assertFalse(Files.exists(image));
        IOException e = assertThrows(IOException.class, () -> factory.check("a", options(4096, false), false));
        assertEquals("path = " + image + ": is missing; set create = true to create it", e.getMessage());
    }

    @Test
    void otherSizeIsRefused() throws IOException {
        make(8192);
        assertDoesNotThrow(() -> factory.check("a", options(8192, false), false));
        IOException e = assertThrows(IOException.class, () -> factory.check("a", options(4096, false), false));
        assertEquals(
                "size = 4KiB: " + image + " has 8KiB; must not be less, which would lose data; shrink the running"
                        + " drive with \"resize a 4KiB --shrink\", or leave size out",
                e.getMessage());
    }

    @Test
    void largerSizeIsAcceptedAndChangesNothing() throws IOException {
        make(8192);
        assertDoesNotThrow(() -> factory.check("a", options(9000, false), false));
        assertEquals(8192, Files.size(image));
        assertThrows(IOException.class, () -> factory.check("a", options(9000, false), true));
    }

    @Test
    void openImageIsLookedAtAndStaysLocked() throws IOException {
        make(8192);
        BlockBackend open = factory.open("b", options(8192, false), false);
        assertDoesNotThrow(() -> factory.check("a", options(8192, false), false));
        assertThrows(IOException.class, () -> factory.check("a", options(4096, false), false));
        assertThrows(IOException.class, () -> factory.open("a", options(8192, false), false));
        assertEquals(8192, open.size());
        open.close();
    }

    @Test
    void lookKeepsNothingOpen() throws IOException {
        make(8192);
        factory.check("a", options(8192, false), false);
        factory.open("b", options(8192, false), false).close();
    }
}
