package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.nbd.protocol.ReplyWriter;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferPoolTest {
    private final BufferPool pool = new BufferPool(2 << 20, ReplyWriter.MAX_DATA_HEADER_BYTES);

    @ParameterizedTest
    @ValueSource(
            ints = {
                1,
                15,
                16,
                17,
                4096,
                4136,
                4137,
                65_536,
                65_576,
                131_112,
                131_113,
                Drive.MAX_TRANSFER,
                Drive.MAX_TRANSFER + ReplyWriter.MAX_DATA_HEADER_BYTES
            })
    void hasTheRoomThatWasAskedFor(int bytes) {
        ByteBuffer buffer = pool.take(bytes);

        assertEquals(0, buffer.position());
        assertEquals(bytes, buffer.limit());
        assertTrue(buffer.isDirect());
        pool.give(buffer);
        assertEquals(0, pool.lent());
    }

    @Test
    void reusesABuffer() {
        ByteBuffer first = pool.take(10_000);
        first.position(100).limit(200);
        pool.give(first);

        ByteBuffer again = pool.take(9_000);

        assertSame(first, again);
        assertEquals(9_000, again.remaining());
        assertNotSame(first, pool.take(9_000));
    }

    @Test
    void reusesABufferRepeatedly() {
        ByteBuffer first = pool.take(600_000);
        for (int i = 0; i < 100; i++) {
            pool.give(first);
            assertSame(first, pool.take(600_000));
        }
    }

    @Test
    void keepsABoundedAmount() {
        ByteBuffer kept = pool.take(600_000);
        ByteBuffer tooMuch = pool.take(600_000);
        ByteBuffer small = pool.take(10);
        pool.give(kept);
        pool.give(tooMuch);
        pool.give(small);

        assertSame(small, pool.take(10));
        assertSame(kept, pool.take(600_000));
        assertNotSame(tooMuch, pool.take(600_000));
        assertEquals(3, pool.lent());
    }
}
