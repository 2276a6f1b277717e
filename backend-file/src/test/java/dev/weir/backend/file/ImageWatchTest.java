package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** An image that is deleted, moved, replaced or truncated while its drive is open. */
class ImageWatchTest {
    private static final int SIZE = 10_000;

    private final Path image;
    private final Path other;
    private final BlockBackend backend;

    ImageWatchTest(@TempDir Path folder) throws IOException {
        image = folder.resolve("disk.img");
        other = folder.resolve("other.img");
        Files.write(image, new byte[SIZE]);
        backend = new FileBackendFactory().open("vm1", Map.of("path", image.toString()), false);
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.allocate(512);
    }

    private void assertLost(String reason, Executable operation) {
        IOException failure = assertThrows(IOException.class, operation);
        assertEquals("path = " + image + ": " + reason, failure.getMessage());
    }

    private void assertLost(String reason) throws IOException {
        assertLost(reason, backend::check);
        assertLost(reason, backend::flush);
        assertLost(reason, () -> backend.write(bytes(), 0));
        assertLost(reason, () -> backend.writeZeroes(0, 512, true));
        assertLost(reason, () -> backend.trim(0, 512));
        backend.read(bytes(), 0);
    }

    @Test
    void anImageThatIsThereIsFine() throws IOException {
        Files.write(image, new byte[2 * SIZE]);
        backend.write(bytes(), 0);
        backend.check();
        backend.flush();
    }

    @Test
    void aDeletedImageTakesNoWritesAndNoFlushes() throws IOException {
        Files.delete(image);
        assertLost("was deleted or moved; new writes would be lost; move the image back");
    }

    @Test
    void aFlushFailsBeforeTheNextCheck() throws IOException {
        backend.write(bytes(), 0);
        Files.delete(image);
        assertThrows(IOException.class, backend::flush);
    }

    @Test
    void aMovedImageIsGoodAgainWhenItIsBack() throws IOException {
        Files.move(image, other);
        assertThrows(IOException.class, backend::check);
        assertThrows(IOException.class, () -> backend.write(bytes(), 0));
        Files.move(other, image);
        backend.check();
        backend.write(bytes(), 0);
        backend.flush();
    }

    @Test
    void aReplacedImageTakesNoWrites() throws IOException {
        Files.write(other, new byte[SIZE]);
        Files.move(other, image, StandardCopyOption.REPLACE_EXISTING);
        assertLost("was replaced by another file; new writes would be lost; move the image back or reopen the drive");
    }

    @Test
    void aMovedImageIsNotCreatedAnew() throws IOException {
        FileBackendFactory factory = new FileBackendFactory();
        Path made = other.resolveSibling("made");
        Map<String, Object> options = Map.of("path", made.toString(), "size", 512L, "create", true);
        BlockBackend drive = factory.open("vm1", options, false);
        Files.move(made, other);
        drive.close();
        String refused = String.valueOf(assertThrows(IOException.class, () -> factory.open("vm1", options, false))
                .getMessage());
        assertTrue(refused.contains("was deleted or moved while a drive used it; move the image back"), refused);
        assertThrows(IOException.class, () -> factory.check("vm1", options, false));
        assertTrue(Files.notExists(made));
        Files.move(other, made);
        factory.open("vm1", options, false).close();
        Files.delete(made);
        factory.open("vm1", options, false).close();
    }

    @Test
    void bytesThatWereCutOffStayLost() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE - 1);
            assertThrows(IOException.class, backend::check);
            file.setLength(SIZE);
        }
        assertLost("was truncated from 10000 to 9999 bytes and lost the data beyond; restore the image and"
                + " reopen the drive");
    }

    @Test
    void aReaderIsToldAndGoesOn() throws IOException {
        Files.write(other, new byte[SIZE]);
        BlockBackend reader = new FileBackendFactory().open("golden", Map.of("path", other.toString()), true);
        Files.delete(other);
        assertThrows(IOException.class, reader::check);
        reader.flush();
        reader.read(bytes(), 0);
        reader.close();
    }
}
