package dev.weir.backend.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Memory from the kernel, on Linux with native access. */
@EnabledOnOs(OS.LINUX)
class LazyMemoryTest {
    private static final int MIB = 1 << 20;
    private static final int DRIVE_BYTES = 256 * MIB;

    @BeforeEach
    void awaitNativeCalls() throws InterruptedException {
        @Nullable LazyMemory first = LazyMemory.map(Page.BYTES);
        for (int i = 0; first == null && i < 1_000; i++) {
            Thread.sleep(10);
            first = LazyMemory.map(Page.BYTES);
        }
        assertNotNull(first, "native calls");
    }

    private static LazyMemory map(int length) {
        LazyMemory memory = LazyMemory.map(length);
        assertNotNull(memory);
        return memory;
    }

    @Test
    void newMemoryIsZero() {
        ByteBuffer bytes = map(MIB).bytes();
        assertEquals(MIB, bytes.capacity());
        assertEquals(ByteBuffer.allocate(MIB), bytes);
    }

    @Test
    void discardedMemoryIsZero() {
        LazyMemory memory = map(MIB);
        ByteBuffer bytes = memory.bytes();
        for (int i = 0; i < MIB; i++) {
            bytes.put(i, (byte) 1);
        }
        memory.discard();
        assertEquals(ByteBuffer.allocate(MIB), bytes);
    }

    @Test
    void smallWritesTakeSmallMemory() throws IOException {
        PagePool pool = new PagePool(DRIVE_BYTES);
        MemoryBackend drive = new MemoryBackend(DRIVE_BYTES, pool);
        ByteBuffer block = ByteBuffer.allocate(4096);
        long before = residentBytes();
        for (long offset = 0; offset < DRIVE_BYTES; offset += Page.BYTES) {
            drive.write(block.clear(), offset);
        }
        long taken = residentBytes() - before;
        assertEquals(DRIVE_BYTES, pool.usedBytes());
        assertTrue(taken < DRIVE_BYTES / 2, taken + " bytes for " + DRIVE_BYTES / Page.BYTES + " blocks of 4 KiB");
        drive.close();
    }

    @Test
    void partThatIsTouchedIsThereAndZero() throws IOException {
        LazyMemory memory = map(64 * MIB);
        long before = residentBytes();
        for (int from = 0; from < 64 * MIB; from += Page.BYTES) {
            memory.touch(from, Page.BYTES);
        }
        long taken = residentBytes() - before;
        assertTrue(taken > 32 * MIB, taken + " bytes of 64 MiB");
        assertEquals(ByteBuffer.allocate(64 * MIB), memory.bytes());
    }

    @Test
    void lastCloseReturnsMemoryToTheKernel() throws IOException {
        MemoryBackend drive = new MemoryBackend(DRIVE_BYTES, new PagePool(DRIVE_BYTES));
        ByteBuffer block = ByteBuffer.allocateDirect(MIB);
        for (long offset = 0; offset < DRIVE_BYTES; offset += MIB) {
            drive.write(block.clear(), offset);
        }
        long before = residentBytes();
        drive.close();
        long returned = before - residentBytes();
        assertTrue(returned > DRIVE_BYTES / 2, returned + " bytes of " + DRIVE_BYTES);
    }

    private static long residentBytes() throws IOException {
        try (Scanner words = new Scanner(Path.of("/proc/self/statm"), StandardCharsets.US_ASCII)) {
            words.nextLong();
            return words.nextLong() * 4096;
        }
    }
}
