package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A buffer surrounded by guard bytes that must not change. Not thread-safe. */
final class FramedBuffer {

    /** The kinds of buffers that a backend must accept. */
    enum Kind {
        HEAP,
        DIRECT,
        HEAP_SLICE,
        DIRECT_SLICE
    }

    private static final int BEFORE = 13;
    private static final int AFTER = 7;
    private static final byte FRAME = 0x5A;

    private final ByteBuffer buffer;
    private final int length;

    /** Creates a buffer of {@code length} non-zero bytes. */
    FramedBuffer(Kind kind, int length) {
        this.length = length;
        this.buffer = allocate(kind, BEFORE + length + AFTER);
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, FRAME);
        }
        buffer.limit(BEFORE + length).position(BEFORE);
    }

    private static ByteBuffer allocate(Kind kind, int capacity) {
        return switch (kind) {
            case HEAP -> ByteBuffer.allocate(capacity);
            case DIRECT -> ByteBuffer.allocateDirect(capacity);
            case HEAP_SLICE -> ByteBuffer.allocate(capacity + 5).slice(3, capacity);
            case DIRECT_SLICE -> ByteBuffer.allocateDirect(capacity + 5).slice(3, capacity);
        };
    }

    FramedBuffer filledWith(byte[] bytes) {
        buffer.put(BEFORE, bytes);
        return this;
    }

    /** Returns the buffer from its position to its limit. */
    ByteBuffer buffer() {
        return buffer;
    }

    /**
     * Checks that the position reached the limit and the guard bytes are unchanged. Returns the bytes between them.
     */
    byte[] taken() {
        assertEquals(BEFORE + length, buffer.position(), "position afterwards");
        assertEquals(BEFORE + length, buffer.limit(), "limit afterwards");
        byte[] all = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(all);
        for (int i = 0; i < BEFORE; i++) {
            assertEquals(FRAME, all[i], "byte before the position");
        }
        for (int i = BEFORE + length; i < all.length; i++) {
            assertEquals(FRAME, all[i], "byte after the limit");
        }
        return Arrays.copyOfRange(all, BEFORE, BEFORE + length);
    }
}
