package dev.weir.backend.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Complete reads and writes past the page cache. The kernel takes whole, aligned blocks only. Other ranges and buffers
 * are copied through an aligned buffer of the thread.
 *
 * <p>A write that begins or ends inside a block reads the block, changes it and writes it back (read-modify-write). It
 * excludes every other change, because a concurrent write to the rest of the block would be undone. Writes of whole
 * blocks run in parallel.
 *
 * <p>Thread-safe. Design: {@code docs/design/decisions/030-direct-io.md}.
 */
final class DirectIo {

    /** Longest transfer through the buffer of a thread. */
    private static final int BOUNCE = 256 << 10;

    private static final int MAX_TRANSFER = 1 << 30;

    /** Largest alignment that memory may need. */
    private static final int MAX_UNIT = 64 << 10;

    private static final ThreadLocal<ByteBuffer> BOUNCES = ThreadLocal.withInitial(
            () -> ByteBuffer.allocateDirect(BOUNCE + MAX_UNIT).alignedSlice(MAX_UNIT));

    private final LinuxFile file;
    private final int unit;
    private final Lock wholeBlocks;
    private final Lock partialBlocks;

    /**
     * Uses a descriptor that was opened with {@code O_DIRECT}.
     *
     * @param unit alignment of offsets, lengths and memory (bytes): a power of two up to 65,536
     */
    DirectIo(LinuxFile file, int unit) {
        this.file = file;
        this.unit = unit;
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        wholeBlocks = lock.readLock();
        partialBlocks = lock.writeLock();
    }

    /** Returns the lock for a change that reads nothing back. */
    Lock wholeBlocks() {
        return wholeBlocks;
    }

    /** Returns the alignment (bytes). */
    int unit() {
        return unit;
    }

    /**
     * Fills {@code destination} to its limit.
     *
     * @return false at the end of the file; the position shows how much was read
     */
    boolean read(ByteBuffer destination, long offset) throws IOException {
        long at = offset;
        while (destination.hasRemaining()) {
            int bytes = isAligned(destination, at)
                    ? readInto(destination, at)
                    : readThrough(BOUNCES.get().clear(), destination, at);
            if (bytes <= 0) {
                return false;
            }
            at += bytes;
        }
        return true;
    }

    private int readInto(ByteBuffer destination, long offset) throws IOException {
        int length = Math.min(destination.remaining(), MAX_TRANSFER) & -unit;
        int bytes = file.pread(address(destination), length, offset);
        destination.position(destination.position() + bytes);
        return bytes;
    }

    private int readThrough(ByteBuffer bounce, ByteBuffer destination, long offset) throws IOException {
        long start = offset & -unit;
        int skip = (int) (offset - start);
        int length = Math.min(up(skip + (long) destination.remaining()), BOUNCE);
        int bytes = Math.min(file.pread(address(bounce), length, start) - skip, destination.remaining());
        if (bytes > 0) {
            destination.put(bounce.slice(skip, bytes));
        }
        return bytes;
    }

    /** Writes {@code source} to its limit. */
    void write(ByteBuffer source, long offset) throws IOException {
        boolean whole = ((offset | source.remaining()) & (unit - 1)) == 0;
        Lock lock = whole ? wholeBlocks : partialBlocks;
        lock.lock();
        try {
            long at = offset;
            while (source.hasRemaining()) {
                at += isAligned(source, at)
                        ? writeFrom(source, at)
                        : writeThrough(BOUNCES.get().clear(), source, at);
            }
        } finally {
            lock.unlock();
        }
    }

    private int writeFrom(ByteBuffer source, long offset) throws IOException {
        int length = Math.min(source.remaining(), MAX_TRANSFER) & -unit;
        int bytes = file.pwrite(address(source), length, offset);
        source.position(source.position() + bytes);
        return bytes;
    }

    private int writeThrough(ByteBuffer bounce, ByteBuffer source, long offset) throws IOException {
        long start = offset & -unit;
        int skip = (int) (offset - start);
        int bytes = Math.min(source.remaining(), BOUNCE - skip);
        int length = up(skip + (long) bytes);
        if (skip > 0) {
            readBlock(bounce, 0, start);
        }
        boolean endsInside = skip + bytes < length;
        if (endsInside && (skip == 0 || length > unit)) {
            readBlock(bounce, length - unit, start + length - unit);
        }
        bounce.put(skip, source, source.position(), bytes);
        for (int done = 0; done < length; ) {
            done += file.pwrite(address(bounce) + done, length - done, start + done);
        }
        source.position(source.position() + bytes);
        return bytes;
    }

    private void readBlock(ByteBuffer bounce, int at, long offset) throws IOException {
        if (file.pread(address(bounce) + at, unit, offset) != unit) {
            throw new IOException("the block at byte " + offset + " is truncated");
        }
    }

    private int up(long length) {
        return (int) Math.min((length + unit - 1) & -unit, Integer.MAX_VALUE & -unit);
    }

    private boolean isAligned(ByteBuffer buffer, long offset) {
        return buffer.isDirect() && buffer.remaining() >= unit && ((address(buffer) | offset) & (unit - 1)) == 0;
    }

    /** Returns the address of the byte at the position of a direct buffer. */
    private static long address(ByteBuffer buffer) {
        return LibC.address(buffer) + buffer.position();
    }
}
