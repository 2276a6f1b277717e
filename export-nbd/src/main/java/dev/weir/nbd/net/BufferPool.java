package dev.weir.nbd.net;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pool of direct buffers for the data of requests. Sizes are powers of two plus room for the header of a reply. The
 * memory kept for reuse is limited.
 *
 * <p>Thread-safe. Usually one thread takes buffers and any thread returns them.
 */
public final class BufferPool {
    private static final int SMALLEST_SHIFT = 12;
    private static final int LARGEST_SHIFT = 25;

    private final long maxSpareBytes;
    private final PoolMemory memory;

    /** Room for a header in front of the data of each buffer (bytes). */
    private final int headroomBytes;

    /** Spare buffers by size. Guarded by this object like all fields below. */
    private final List<ArrayDeque<ByteBuffer>> spares = IntStream.rangeClosed(SMALLEST_SHIFT, LARGEST_SHIFT)
            .mapToObj(shift -> new ArrayDeque<ByteBuffer>())
            .toList();

    private long spareBytes;
    private int lent;

    /** Makes an empty pool that shares its memory with no other pool. */
    public BufferPool(long maxSpareBytes, int headroomBytes) {
        this(maxSpareBytes, headroomBytes, new PoolMemory());
    }

    /**
     * Makes an empty pool.
     *
     * @param maxSpareBytes the most memory that the pool keeps for reuse (bytes)
     * @param headroomBytes room for a reply's header beyond a power of two (bytes)
     * @param memory the memory that the pools of all threads share
     */
    public BufferPool(long maxSpareBytes, int headroomBytes, PoolMemory memory) {
        this.maxSpareBytes = maxSpareBytes;
        this.headroomBytes = headroomBytes;
        this.memory = memory;
        memory.add(this);
    }

    /**
     * Returns a buffer with position 0 and the given limit.
     *
     * @param bytes at most the longest request and the header of its reply
     * @throws OutOfMemoryError if no direct memory is left
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

    /** Returns a buffer to the pool. The caller must not use it afterwards. */
    public void give(ByteBuffer buffer) {
        if (!keep(buffer)) {
            memory.free(buffer);
        }
    }

    /**
     * Gives up a buffer that another party may still use. It is freed by the garbage collector and no longer counted
     * here.
     */
    public void forfeit(ByteBuffer buffer) {
        synchronized (this) {
            lent--;
        }
        memory.forfeit(buffer);
    }

    /** Frees all spare buffers. */
    void freeSpares() {
        List<ByteBuffer> freed;
        synchronized (this) {
            freed = spares.stream().flatMap(ArrayDeque::stream).toList();
            spares.forEach(ArrayDeque::clear);
            spareBytes = 0;
        }
        freed.forEach(memory::free);
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

    /** Returns the number of buffers in use. */
    public synchronized int lent() {
        return lent;
    }
}
