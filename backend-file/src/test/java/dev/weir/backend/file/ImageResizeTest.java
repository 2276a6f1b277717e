package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the size of an image, while it is open and at its opening. */
class ImageResizeTest {
    private static final int SIZE = 10_000;

    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path image;

    ImageResizeTest(@TempDir Path folder) {
        image = folder.resolve("disk.img");
    }

    @BeforeEach
    void writeImage() throws IOException {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, (byte) 7);
        Files.write(image, bytes);
    }

    private BlockBackend open(@Nullable Long size, boolean readOnly) throws IOException {
        Map<String, Object> options = new HashMap<>(Map.of("path", image.toString()));
        if (size != null) {
            options.put("size", size);
        }
        return factory.open("vm1", options, readOnly);
    }

    private static void refuses(String message, BlockBackend backend, long size) {
        IOException e = assertThrows(IOException.class, () -> backend.resize(size));
        assertEquals(message, e.getMessage());
    }

    @Test
    void largerConfiguredSizeGrowsTheImageAtTheOpen() throws IOException {
        BlockBackend backend = open(2L * SIZE, false);
        assertEquals(2 * SIZE, backend.size());
        assertEquals(2 * SIZE, Files.size(image));
        ByteBuffer bytes = ByteBuffer.allocate(2 * SIZE);
        backend.read(bytes, 0);
        byte[] expected = new byte[2 * SIZE];
        Arrays.fill(expected, 0, SIZE, (byte) 7);
        assertArrayEquals(expected, bytes.array());
        backend.close();
    }

    @Test
    void grownImageIsSparse() throws Exception {
        BlockBackend backend = open(null, false);
        backend.resize(10L << 30);
        backend.close();
        Process stat = new ProcessBuilder("stat", "-c", "%b", image.toString()).start();
        long blocks = Long.parseLong(stat.inputReader(StandardCharsets.US_ASCII).readLine());
        assertTrue(blocks * 512 <= 64 << 10, blocks + " blocks of 512 bytes");
    }

    @Test
    void readOnlyImageKeepsItsSize() throws IOException {
        IOException e = assertThrows(IOException.class, () -> open(2L * SIZE, true));
        assertEquals("size = 20kB: " + image + " has 10kB; must be the same, or be left out", e.getMessage());
        BlockBackend backend = open(null, true);
        refuses("size = 20kB: " + image + ": the drive is read-only", backend, 2 * SIZE);
        assertEquals(SIZE, Files.size(image));
        backend.close();
    }

    @Test
    void impossibleSizeChangesNothing() throws IOException {
        BlockBackend backend = open(null, false);
        IOException e = assertThrows(IOException.class, () -> backend.resize(Long.MAX_VALUE));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("size = " + Long.MAX_VALUE + "B: the file cannot be made that large: "), message);
        assertEquals(SIZE, backend.size());
        assertEquals(SIZE, Files.size(image));
        backend.close();
    }

    @Test
    void shrunkImageIsIntact() throws IOException {
        BlockBackend backend = open(null, false);
        backend.resize(SIZE / 2);
        backend.check();
        backend.write(ByteBuffer.wrap(new byte[] {1}), SIZE / 2 - 1);
        backend.flush();
        assertEquals(SIZE / 2, Files.size(image));
        backend.close();
    }

    @Test
    void imageThatAnotherProgramResizedIsRefused() throws IOException {
        BlockBackend backend = open(null, false);
        try (RandomAccessFile other = new RandomAccessFile(image.toFile(), "rw")) {
            other.setLength(SIZE + 5);
        }
        refuses(
                "size = 20kB: " + image + ": another program has changed its size from 10kB to 10005B; reopen"
                        + " the drive",
                backend,
                2 * SIZE);
        backend.close();
    }
}
