package dev.weir.filter.faults.unflushed;

import dev.weir.block.Operation;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An unflushed write, write-zeroes or trim, or a part of one.
 *
 * @param number its number in the order of writing; parts of one write have the same
 * @param operation {@code WRITE}, {@code WRITE_ZEROES} or {@code TRIM}
 * @param mayUnmap whether zeroing may deallocate
 * @param offset offset in the drive (bytes)
 * @param length length (bytes)
 * @param data the bytes that contain those of a write; null for other operations
 * @param from the index of its first byte in the data
 */
@SuppressWarnings("ArrayRecordComponent") // writes are never compared
record Write(
        long number,
        Operation operation,
        boolean mayUnmap,
        long offset,
        long length,
        byte @Nullable [] data,
        int from) {

    long end() {
        return offset + length;
    }

    boolean overlaps(long otherOffset, long otherEnd) {
        return offset < otherEnd && otherOffset < end();
    }

    /** Returns the part of this write between two offsets, which lie within it. */
    Write part(long start, long end) {
        return new Write(
                number,
                operation,
                mayUnmap,
                start,
                end - start,
                data,
                data == null ? 0 : from + (int) (start - offset));
    }

    /** Returns the bytes; null if they are zeroes. */
    @Nullable
    ByteBuffer bytes() {
        return data == null ? null : ByteBuffer.wrap(data, from, (int) length).slice();
    }
}
