package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drives in block devices. */
class BlockDeviceTest {
    private static final int SIZE = 8 << 20;
    private static final int BLOCK = 4096;

    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path file;
    private LoopDevice device;

    BlockDeviceTest(@TempDir Path folder) {
        file = folder.resolve("device");
    }

    @BeforeEach
    void makeDevice() throws IOException {
        byte[] old = new byte[SIZE];
        Arrays.fill(old, (byte) 'o');
        Files.write(file, old);
        device = LoopDevice.of(file, BLOCK);
    }

    @AfterEach
    void removeDevice() throws IOException {
        if (device != null) {
            device.close();
        }
    }

    private BlockBackend open(boolean readOnly, String... more) throws IOException {
        Map<String, Object> options = new HashMap<>(Map.of("path", device.path().toString()));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return factory.open("vm1", options, readOnly);
    }

    private static byte[] read(BlockBackend backend, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        backend.read(bytes, offset);
        return bytes.array();
    }

    private static byte[] filled(int length, char value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"writeback", "none"})
    void deviceServesItsWholeSizeInItsBlocks(String cache) throws IOException {
        try (RandomAccessFile other = new RandomAccessFile(file.toFile(), "r")) {
            BlockBackend backend = open(false, "cache", cache);
            assertEquals(SIZE, backend.size());
            assertEquals(BLOCK, backend.blockSize());
            backend.write(ByteBuffer.wrap(filled(BLOCK, 'a')), 0);
            backend.write(ByteBuffer.wrap(filled(2 * BLOCK, 'z')), SIZE - 2 * BLOCK);
            assertArrayEquals(filled(BLOCK, 'a'), read(backend, 0, BLOCK));
            assertArrayEquals(filled(BLOCK, 'o'), read(backend, BLOCK, BLOCK));
            backend.flush();
            backend.check();
            byte[] last = new byte[2 * BLOCK];
            other.seek(SIZE - 2 * BLOCK);
            other.readFully(last);
            assertArrayEquals(filled(2 * BLOCK, 'z'), last);
            backend.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"writeback", "none"})
    void driveFollowsADeviceThatWasGrown(String cache) throws Exception {
        BlockBackend backend = open(false, "cache", cache);
        IOException e = assertThrows(IOException.class, () -> backend.resize(2 * SIZE));
        assertEquals(
                "size = 16MiB: " + device.path() + ": is a block device of 8MiB, which Weir cannot resize;"
                        + " resize the device itself, for example with lvextend",
                e.getMessage());
        device.grow(file, 2 * SIZE);
        assertEquals(SIZE, backend.size());
        backend.resize(2 * SIZE);
        assertEquals(2 * SIZE, backend.size());
        device.grow(file, 3 * SIZE);
        backend.check();
        assertEquals(3 * SIZE, backend.size());
        backend.write(ByteBuffer.wrap(filled(BLOCK, 'n')), 3 * SIZE - BLOCK);
        assertArrayEquals(filled(BLOCK, 'n'), read(backend, 3 * SIZE - BLOCK, BLOCK));
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"writeback", "none"})
    void zeroesAndDiscardsReachTheDevice(String cache) throws IOException {
        BlockBackend backend = open(false, "cache", cache);
        read(backend, 0, SIZE); // into the page cache
        backend.writeZeroes(0, 1 << 20, false);
        backend.writeZeroes(1 << 20, 1 << 20, true);
        backend.trim(2 << 20, 1 << 20);
        assertArrayEquals(new byte[2 << 20], read(backend, 0, 2 << 20));
        assertArrayEquals(filled(BLOCK, 'o'), read(backend, 3 << 20, BLOCK));
        assertTrue(backend.zeroesFast(true));
        assertFalse(backend.zeroesFast(false));
        backend.flush();
        backend.close();
        long allocated = blocks();
        assertTrue(allocated <= 6 << 20, "allocated " + allocated);
    }

    private long blocks() throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return 512
                * Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
    }

    @Test
    void deviceIsOpenedExclusively() throws IOException {
        Path alias = file.resolveSibling("alias");
        Process mknod = new ProcessBuilder(
                        "sh", "-c", "mknod \"$0\" b $(stat -c '0x%t 0x%T' " + device.path() + ")", alias.toString())
                .start();
        mknod.onExit().join();
        BlockBackend backend = open(true);
        IOException refusal =
                assertThrows(IOException.class, () -> factory.open("vm2", Map.of("path", alias.toString()), true));
        assertEquals(
                "path = " + alias + ": is mounted, or another program has it open exclusively", refusal.getMessage());
        IOException ours = assertThrows(IOException.class, () -> open(false));
        assertEquals("path = " + device.path() + ": is in use by drive vm1", ours.getMessage());
        open(true).close();
        backend.close();
        factory.open("vm2", Map.of("path", alias.toString()), true).close();
    }

    @Test
    void deviceIsNotCreated() {
        IOException refusal = assertThrows(
                IOException.class,
                () -> factory.open(
                        "vm1", Map.of("path", device.path().toString(), "create", true, "size", 1L << 20), false));
        assertEquals(
                "create = true: " + device.path() + " is a block device, which cannot be created; leave out create, and"
                        + " size on the command line",
                refusal.getMessage());
    }

    @Test
    void headerOfAnotherFormatOnADeviceIsRefused() throws IOException {
        BlockBackend backend = open(false);
        byte[] head = Arrays.copyOf("QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1), BLOCK);
        backend.write(ByteBuffer.wrap(head), 0);
        backend.close();
        IOException refusal = assertThrows(IOException.class, () -> open(false));
        assertTrue(String.valueOf(refusal.getMessage()).contains("is a qcow2 image"), refusal.getMessage());
        open(false, "format", "raw").close();
    }
}
