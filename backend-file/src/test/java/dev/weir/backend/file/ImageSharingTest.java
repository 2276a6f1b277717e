package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives of this and other processes that share an image under any of its names. */
class ImageSharingTest {
    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path image;
    private final Path symbolicLink;
    private final Path hardLink;

    ImageSharingTest(@TempDir Path folder) {
        image = folder.resolve("disk.img");
        symbolicLink = folder.resolve("symbolic.img");
        hardLink = folder.resolve("hard.img");
    }

    @BeforeEach
    void writeImage() throws IOException {
        Files.write(image, new byte[1000]);
        Files.createSymbolicLink(symbolicLink, image);
        Files.createLink(hardLink, image);
    }

    private BlockBackend open(String drive, Path path, boolean readOnly) throws IOException {
        return factory.open(drive, Map.of("path", path.toString()), readOnly);
    }

    private void assertInUse(String by, Path path, boolean readOnly) {
        IOException refusal = assertThrows(IOException.class, () -> open("vm2", path, readOnly));
        assertEquals("path = " + path + ": is in use by drive " + by, refusal.getMessage());
    }

    private String otherProcess(boolean readOnly) throws IOException, InterruptedException {
        try (OtherProcess other = OtherProcess.opens(image, readOnly)) {
            return other.answer();
        }
    }

    @Test
    void writableImageBelongsToOneDrive() throws IOException {
        BlockBackend writer = open("vm1", image, false);
        for (Path name : List.of(image, symbolicLink, hardLink)) {
            assertInUse("vm1", name, false);
            assertInUse("vm1", name, true);
        }
        writer.close();
        open("vm2", hardLink, false).close();
    }

    @Test
    void readersShareUntilTheLastCloses() throws IOException {
        BlockBackend first = open("golden1", image, true);
        BlockBackend second = open("golden2", symbolicLink, true);
        assertInUse("golden1", hardLink, false);
        first.close();
        assertInUse("golden1", image, false);
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        second.read(buffer, 0);
        assertEquals(0, buffer.remaining());
        second.close();
        open("vm2", image, false).close();
    }

    @Test
    void secondReaderMustMatchTheSize() throws IOException {
        BlockBackend first = open("golden1", image, true);
        IOException refusal = assertThrows(
                IOException.class, () -> factory.open("golden2", Map.of("path", image.toString(), "size", 7L), true));
        assertEquals("size = 7B: " + image + " has 1kB; must be the same, or be left out", refusal.getMessage());
        first.close();
        open("vm1", image, false).close();
    }

    @Test
    void imageLockedByAnotherProcessIsRefused() throws Exception {
        try (OtherProcess other = OtherProcess.opens(image, false)) {
            assertEquals("open", other.answer());
            IOException refusal = assertThrows(IOException.class, () -> open("vm1", hardLink, false));
            assertEquals("path = " + hardLink + ": another process has it open", refusal.getMessage());
            refusal = assertThrows(IOException.class, () -> open("vm1", image, true));
            assertEquals("path = " + image + ": another process has it open for writing", refusal.getMessage());
        }
        open("vm1", image, false).close();
    }

    @Test
    void refusedOpenKeepsTheProcessLock() throws Exception {
        BlockBackend writer = open("vm1", image, false);
        assertInUse("vm1", symbolicLink, true);
        assertEquals("path = " + image + ": another process has it open", otherProcess(false));
        assertEquals("path = " + image + ": another process has it open for writing", otherProcess(true));
        writer.close();
        assertEquals("open", otherProcess(false));
    }

    @Test
    void processesShareReadLocksOnly() throws Exception {
        BlockBackend first = open("golden1", image, true);
        BlockBackend second = open("golden2", image, true);
        first.close();
        assertEquals("open", otherProcess(true));
        assertEquals("path = " + image + ": another process has it open", otherProcess(false));
        second.close();
        assertEquals("open", otherProcess(false));
    }
}
