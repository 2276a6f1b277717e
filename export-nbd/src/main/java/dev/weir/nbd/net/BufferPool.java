package dev.weir.nbd.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Direct buffers for the data of requests, kept for reuse up to a bound. They come in sizes of powers of two,
 * each with room for a reply's header in front of the data.
 *
 * <p>Thread-safe: one thread takes most of them, but any thread may give them back.
 */
public final class BufferPool {
    private static final int SMALLEST_SHIFT = 12;
    private static final int LARGEST_SHIFT = 25;

    private final long maxSpareBytes;
    private final PoolMemory memory;

    /** Room in front of the data of each buffer, in bytes. */
    private final int headroomBytes;

    /** By size. Guarded by this object, as is all below. */
    private final List<ArrayDeque<ByteBuffer>> spares = IntStream.rangeClosed(SMALLEST_SHIFT, LARGEST_SHIFT)
            .mapToObj(shift -> new ArrayDeque<ByteBuffer>())
            .toList();

    private long spareBytes;
    private int lent;

    /** Creates an empty pool that shares its memory with no other. */
    public BufferPool(long maxSpareBytes, int headroomBytes) {
        this(maxSpareBytes, headroomBytes, new PoolMemory());
    }

    /**
     * Creates an empty pool.
     *
     * @param maxSpareBytes bytes that the pool keeps for reuse at most
     * @param headroomBytes room of each buffer beyond a power of two, for a reply's header
     * @param memory shared with other pools
     */
    public BufferPool(long maxSpareBytes, int headroomBytes, PoolMemory memory) {
        this.maxSpareBytes = maxSpareBytes;
        this.headroomBytes = headroomBytes;
        this.memory = memory;
        memory.add(this);
    }

    /**
     * Returns a buffer with position 0 and this limit.
     *
     * @param bytes at most the longest request and a reply's header
     * @throws OutOfMemoryError if there is no direct memory left
     */
    public ByteBuffer take(int bytes) {
        int dataBytes = Math.max(bytes - headroomBytes, 1 << SMALLEST_SHIFT);
        int shift = Integer.SIZE - Integer.numberOfLeadingZeros(dataBytes - 1);
        ByteBuffer buffer;
        synchronized (this) {
            lent++;
            buffer = spares.get(shift - SMALLEST_SHIFT).pollLast();
            if (buffer != null) {
                spareBytes -= buffer.capacity();
            }
        }
        return (buffer != null ? buffer : allocate(shift)).clear().limit(bytes);
    }

    private ByteBuffer allocate(int shift) {
        try {
            return memory.allocate((1 << shift) + headroomBytes);
        } catch (OutOfMemoryError e) {
            synchronized (this) {
                lent--;
            }
            throw e;
        }
    }

    /** Takes a buffer back, which must not be used after this. */
    public void give(ByteBuffer buffer) {
        if (!keep(buffer)) {
            memory.free(buffer);
        }
    }

    /** Frees what it keeps for reuse. */
    void trim() {
        List<ByteBuffer> trimmed;
        synchronized (this) {
            trimmed = spares.stream().flatMap(ArrayDeque::stream).toList();
            spares.forEach(ArrayDeque::clear);
            spareBytes = 0;
        }
        trimmed.forEach(memory::free);
    }

    private synchronized boolean keep(ByteBuffer buffer) {
        lent--;
        if (spareBytes + buffer.capacity() > maxSpareBytes || memory.isFull()) {
            return false;
        }
        spareBytes += buffer.capacity();
        int shift = Integer.numberOfTrailingZeros(buffer.capacity() - headroomBytes);
        spares.get(shift - SMALLEST_SHIFT).addLast(buffer);
        return true;
    }

    /** Returns how many buffers were taken and not given back. */
    public synchronized int lent() {
        return lent;
    }
}
