package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Writes of parts of a block, past the page cache. */
class DirectIoTest {
    private static final int BLOCK = 4096;
    private static final int WRITERS = 8;
    private static final int ROUNDS = 200;

    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path image;

    DirectIoTest(@TempDir Path folder) {
        image = folder.resolve("disk.img");
    }

    private BlockBackend open() throws IOException {
        return factory.open(
                "vm1", Map.of("path", image.toString(), "size", 4L * BLOCK, "create", true, "cache", "none"), false);
    }

    /** Each writer has its own bytes of the same blocks. One of them also zeroes and trims a range between. */
    @Test
    @EnabledIf("dev.weir.backend.file.DirectIoContractTest#isPossible")
    void partsOfABlockAreNotUndoneByEachOther() throws Exception {
        BlockBackend backend = open();
        int part = 2 * BLOCK / WRITERS;
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int from = i * part;
            int shift = i % 2; // some of the buffers are aligned and some of the ranges are whole blocks
            writers.add(threads.submit(() -> {
                ByteBuffer mine = ByteBuffer.allocateDirect(part + 1).slice(shift, part);
                for (int round = 1; round <= ROUNDS; round++) {
                    for (int at = 0; at < part; at++) {
                        mine.put(at, (byte) round);
                    }
                    if (round % 10 == 0) {
                        backend.writeZeroes(from, part, true);
                    }
                    backend.write(mine.rewind(), from);
                    ByteBuffer read = ByteBuffer.allocate(part);
                    backend.read(read, from);
                    assertEquals(mine.rewind(), read.rewind(), "round " + round);
                }
                return null;
            }));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        threads.shutdown();
        backend.close();
    }

    @Test
    @EnabledIf("dev.weir.backend.file.DirectIoContractTest#isPossible")
    void wholeBlockIsNotUndoneByAWriteBesideIt() throws Exception {
        BlockBackend backend = open();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<?> straddling = threads.submit(() -> {
            for (int round = 0; round < 5 * ROUNDS; round++) {
                backend.write(ByteBuffer.wrap(new byte[] {(byte) round, (byte) round}), BLOCK - 2);
            }
            return null;
        });
        Future<?> zeroing = threads.submit(() -> {
            for (int round = 0; round < 5 * ROUNDS; round++) {
                byte[] bytes = {(byte) round, (byte) (round + 1)};
                backend.write(ByteBuffer.wrap(bytes), 0);
                ByteBuffer read = ByteBuffer.allocate(2);
                backend.read(read, 0);
                assertEquals(ByteBuffer.wrap(bytes), read.rewind());
            }
            return null;
        });
        straddling.get();
        zeroing.get();
        threads.shutdown();
        backend.close();
    }

    @Test
    void otherCacheModesAreRefused() {
        IOException refusal = assertThrows(
                IOException.class,
                () -> factory.open("vm1", Map.of("path", image.toString(), "cache", "unsafe"), false));
        assertEquals("cache = unsafe: must be writeback or none", refusal.getMessage());
    }

    @Test
    void readersOfAnImageShareItsCacheMode() throws IOException {
        Files.write(image, new byte[BLOCK]);
        BlockBackend first = factory.open("vm1", Map.of("path", image.toString()), true);
        IOException refusal = assertThrows(
                IOException.class, () -> factory.open("vm2", Map.of("path", image.toString(), "cache", "none"), true));
        assertTrue(String.valueOf(refusal.getMessage()).contains("another cache mode"), refusal.getMessage());
        first.close();
    }
}
