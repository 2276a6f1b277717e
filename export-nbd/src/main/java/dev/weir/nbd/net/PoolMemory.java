package dev.weir.nbd.net;

import dev.weir.memory.DirectMemory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The direct memory that the pools of all threads share. What they keep for reuse never keeps memory from drives, or from
 * another thread.
 *
 * <p>Thread-safe.
 */
public final class PoolMemory {
    private final List<BufferPool> pools = new CopyOnWriteArrayList<>();
    private final AtomicLong allocated = new AtomicLong();
    private volatile long maxBytes = Long.MAX_VALUE;

    /** Changes from how much memory on nothing is kept for reuse. */
    public void max(long newMaxBytes) {
        maxBytes = newMaxBytes;
    }

    void add(BufferPool pool) {
        pools.add(pool);
    }

    /**
     * Returns a new buffer, and frees what is kept for reuse if there is no room without that.
     *
     * @throws OutOfMemoryError if there is no room at all; never waits
     */
    ByteBuffer allocate(int bytes) {
        ByteBuffer buffer;
        try {
            buffer = allocated.get() + bytes > maxBytes ? trimAndAllocate(bytes) : DirectMemory.allocate(bytes);
        } catch (OutOfMemoryError e) {
            buffer = trimAndAllocate(bytes);
        }
        allocated.addAndGet(bytes);
        return buffer;
    }

    private ByteBuffer trimAndAllocate(int bytes) {
        pools.forEach(BufferPool::trim);
        return DirectMemory.allocate(bytes);
    }

    void free(ByteBuffer buffer) {
        allocated.addAndGet(-buffer.capacity());
        DirectMemory.free(buffer);
    }

    /** Returns whether buffers that come back are to be freed. */
    boolean isFull() {
        return allocated.get() > maxBytes;
    }

    /** Returns what is allocated, in bytes. */
    public long allocated() {
        return allocated.get();
    }
}
