package dev.weir.nbd.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A chunk of a structured or extended reply. Weir sends one chunk per reply. */
record Chunk(int type, long cookie, long offset, ByteBuffer payload) {

    /** Parses a chunk. Without extended headers its offset is 0. */
    static Chunk take(ByteBuffer from, NbdMode mode) {
        boolean extended = mode == NbdMode.EXTENDED;
        assertEquals(extended ? 0x6e8a278c : 0x668e33ef, from.getInt());
        assertEquals(1, from.getShort(), "flags of the last chunk");
        int type = Short.toUnsignedInt(from.getShort());
        long cookie = from.getLong();
        long offset = extended ? from.getLong() : 0;
        int bytes = extended ? Math.toIntExact(from.getLong()) : from.getInt();
        ByteBuffer payload = from.slice(from.position(), bytes);
        from.position(from.position() + bytes);
        return new Chunk(type, cookie, offset, payload);
    }

    /** Returns the data of a read and checks its offset. */
    ByteBuffer data(long ofOffset) {
        assertEquals(1, type);
        assertEquals(ofOffset, payload.getLong(0));
        return payload.slice(8, payload.limit() - 8);
    }

    /** Returns the error number. Checks that the message fills the rest of the chunk. */
    int error() {
        assertEquals(0x8001, type);
        assertEquals(payload.limit() - 6, Short.toUnsignedInt(payload.getShort(4)));
        return payload.getInt(0);
    }

    String words() {
        return UTF_8.decode(payload.slice(6, payload.limit() - 6)).toString();
    }

    /** Returns the lengths of the extents. Holes are negative. */
    List<Long> extents() {
        boolean extended = type == 6;
        assertEquals(extended ? 6 : 5, type);
        ByteBuffer from = payload.duplicate();
        assertEquals(1, from.getInt(), "context");
        if (extended) {
            assertEquals((from.remaining() - 4) / 16, from.getInt());
        }
        List<Long> extents = new ArrayList<>();
        while (from.hasRemaining()) {
            long length = extended ? from.getLong() : Integer.toUnsignedLong(from.getInt());
            long state = extended ? from.getLong() : from.getInt();
            extents.add(state == 3 ? -length : length);
        }
        return extents;
    }
}
