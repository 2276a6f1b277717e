package dev.weir.nbd.net;

import dev.weir.memory.DirectMemory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The direct memory that the pools of all threads share. If it runs out, spare buffers of all pools are freed.
 *
 * <p>Thread-safe.
 */
public final class PoolMemory {
    private final List<BufferPool> pools = new CopyOnWriteArrayList<>();
    private final AtomicLong allocated = new AtomicLong();
    private volatile long maxBytes = Long.MAX_VALUE;

    /** Sets the allocated memory above which returned buffers are freed (bytes). */
    public void max(long newMaxBytes) {
        maxBytes = newMaxBytes;
    }

    void add(BufferPool pool) {
        pools.add(pool);
    }

    /**
     * Returns a new buffer. If memory is short, it frees all spare buffers first. Never waits.
     *
     * @throws OutOfMemoryError if memory is still missing
     */
    ByteBuffer allocate(int bytes) {
        ByteBuffer buffer;
        try {
            buffer = allocated.get() + bytes > maxBytes ? freeSparesAndAllocate(bytes) : DirectMemory.allocate(bytes);
        } catch (OutOfMemoryError e) {
            buffer = freeSparesAndAllocate(bytes);
        }
        allocated.addAndGet(bytes);
        return buffer;
    }

    private ByteBuffer freeSparesAndAllocate(int bytes) {
        pools.forEach(BufferPool::freeSpares);
        return DirectMemory.allocate(bytes);
    }

    void free(ByteBuffer buffer) {
        allocated.addAndGet(-buffer.capacity());
        DirectMemory.free(buffer);
    }

    /** Leaves a buffer to the garbage collector. */
    void forfeit(ByteBuffer buffer) {
        allocated.addAndGet(-buffer.capacity());
    }

    /** Returns whether returned buffers should be freed. */
    boolean isFull() {
        return allocated.get() > maxBytes;
    }

    /** Returns the allocated memory (bytes). */
    public long allocated() {
        return allocated.get();
    }
}
