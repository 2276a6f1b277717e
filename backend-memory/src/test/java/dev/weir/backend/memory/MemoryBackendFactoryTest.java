package dev.weir.backend.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.memory.MemoryShares;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryBackendFactoryTest {
    private final MemoryBackendFactory factory = new MemoryBackendFactory();

    @Test
    void describesTypeAndOptions() {
        assertEquals("memory", factory.type());
        assertEquals(1, factory.options().size());
        BlockOption size = factory.options().get(0);
        assertEquals("size", size.name());
        assertEquals(Kind.BYTES, size.kind());
        assertTrue(size.required());
    }

    @Test
    void opensAnySizeFromOneByte() throws IOException {
        for (long size : new long[] {1, 3, 16L << 40, Long.MAX_VALUE}) {
            BlockBackend backend = factory.open("scratch", Map.of("size", size), false);
            assertEquals(size, backend.size());
            backend.close();
        }
    }

    @Test
    void refusesSizeZero() {
        assertRefused(Map.of(), "size is missing: a memory drive requires it");
        assertRefused(Map.of("size", 0L), "size = 0: must be 1 byte or more");
        assertRefused(Map.of("size", -1L), "size = -1: must be 1 byte or more");
    }

    private void assertRefused(Map<String, Object> options, String message) {
        IOException refusal = assertThrows(IOException.class, () -> factory.open("scratch", options, false));
        assertEquals(message, refusal.getMessage());
    }

    @Test
    void poolLeavesTheClientsTheirShare() {
        assertEquals(
                "no memory left: all memory drives together are limited to 50331648 bytes (raise -XX:MaxDirectMemorySize)",
                refusal(MemoryShares.of(128L << 20), 4L << 30));
        assertEquals(
                "no memory left: all memory drives together are limited to 3221225472 bytes (raise -Xmx: 12 times the heap)",
                refusal(MemoryShares.of(1L << 40), 1L << 28));
    }

    private static @Nullable String refusal(MemoryShares shares, long maxHeapBytes) {
        return MemoryBackendFactory.pool(shares, maxHeapBytes).noRoom().getMessage();
    }
}
