package dev.weir.backend.nbd;

import dev.weir.block.Operation;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the answered writes that the server has not flushed, in the order of their answers. The server may lose
 * them. {@link RequestFlow} decides which writes are kept, and replays them after a reconnect. See {@code
 * docs/design/decisions/032-nbd-reconnect.md}.
 *
 * <p>Not thread-safe.
 */
final class UnflushedWrites {
    private static final int SEGMENT_BYTES = UnflushedMemory.SEGMENT_BYTES;

    /** Most memory for one drive. */
    static final int MAX_SEGMENTS = 16;

    private static final int MAX_ENTRIES = 16_384;

    /** A write or a part of one. A write-zeroes has no segment. */
    private record Entry(
            long sequence,
            Operation operation,
            long offset,
            long length,
            boolean mayUnmap,
            @Nullable Segment segment,
            int at) {}

    /** Memory of several writes in a row. */
    private static final class Segment {
        final byte[] bytes;
        int entries;

        Segment(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    private final UnflushedMemory memory;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Deque<Segment> reserved = new ArrayDeque<>();
    private int segments;

    /** The segment of the last data, filled up to {@link #used}. */
    private @Nullable Segment filling;

    private int used;

    UnflushedWrites(UnflushedMemory memory) {
        this.memory = memory;
    }

    /**
     * Copies an answered write or write-zeroes.
     *
     * @param sequence its number, greater than the earlier ones
     * @return false without a copy if no memory is left
     */
    boolean add(Exchange write, long sequence) {
        ByteBuffer data = write.operation == Operation.WRITE ? write.data().duplicate() : null;
        if (entries.size() >= MAX_ENTRIES || (data != null && !reserve(data.remaining()))) {
            return false;
        }
        if (data == null) {
            entries.add(
                    new Entry(sequence, Operation.WRITE_ZEROES, write.offset, write.length, write.mayUnmap, null, 0));
            return true;
        }
        for (long offset = write.offset; data.hasRemaining(); ) {
            Segment to = segmentWithRoom();
            int length = Math.min(data.remaining(), SEGMENT_BYTES - used);
            data.get(to.bytes, used, length);
            to.entries++;
            entries.add(new Entry(sequence, Operation.WRITE, offset, length, false, to, used));
            used += length;
            offset += length;
        }
        return true;
    }

    /** Takes the missing memory for new data. Returns false if it is not available. */
    private boolean reserve(int bytes) {
        int room = filling == null ? 0 : SEGMENT_BYTES - used;
        int missing = Math.max(0, (bytes - room + SEGMENT_BYTES - 1) / SEGMENT_BYTES);
        if (segments + missing > MAX_SEGMENTS) {
            return false;
        }
        while (reserved.size() < missing) {
            byte[] taken = memory.take();
            if (taken == null) {
                reserved.forEach(each -> memory.giveBack(each.bytes));
                reserved.clear();
                return false;
            }
            reserved.add(new Segment(taken));
        }
        segments += missing;
        return true;
    }

    private Segment segmentWithRoom() {
        if (filling == null || used == SEGMENT_BYTES) {
            filling = reserved.remove();
            used = 0;
        }
        return filling;
    }

    /** Drops the writes that a flush has made durable. */
    void flushedUpTo(long sequence) {
        for (Entry first = entries.peek(); first != null && first.sequence <= sequence; first = entries.peek()) {
            entries.remove();
            drop(first.segment);
        }
    }

    private void drop(@Nullable Segment segment) {
        if (segment == null || --segment.entries > 0) {
            return;
        }
        if (segment == filling) {
            filling = null;
        }
        segments--;
        memory.giveBack(segment.bytes);
    }

    void clear() {
        flushedUpTo(Long.MAX_VALUE);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns whether a flush should make room. */
    boolean isHalfFull() {
        return segments > MAX_SEGMENTS / 2 || entries.size() > MAX_ENTRIES / 2;
    }

    /** Returns the writes, oldest first. They are valid until they are dropped here. */
    List<Exchange> again() {
        List<Exchange> writes = new ArrayList<>(entries.size());
        for (Entry each : entries) {
            ByteBuffer data =
                    each.segment == null ? null : ByteBuffer.wrap(each.segment.bytes, each.at, (int) each.length);
            writes.add(new Exchange(each.operation, each.offset, each.length, each.mayUnmap, data));
        }
        return writes;
    }
}
