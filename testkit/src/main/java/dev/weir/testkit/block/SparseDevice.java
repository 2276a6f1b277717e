package dev.weir.testkit.block;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A sparse device in memory. It completes requests at once, or those of {@linkplain #defer deferred} time later.
 *
 * <p>Thread-safe.
 */
public final class SparseDevice implements BlockDevice {
    private static final int PAGE = 4096;

    private volatile long size;
    private final Map<Long, byte[]> pages = new ConcurrentHashMap<>();

    /** Requests that have been executed and not completed. Guarded by itself. */
    private final Queue<BlockRequest> deferred = new ArrayDeque<>();

    private volatile boolean isDeferring;
    private volatile @Nullable BlockError error;

    /**
     * Creates a device that reads as zeroes.
     *
     * @param size the size (bytes)
     */
    public SparseDevice(long size) {
        this.size = size;
    }

    /** Lets later requests wait for {@link #completeNext}. */
    public void defer() {
        isDeferring = true;
    }

    /** Fails later requests with an error, or none if it is null. */
    public void failWith(@Nullable BlockError newError) {
        error = newError;
    }

    /** Completes the oldest deferred request. Returns false if none is deferred. */
    public boolean completeNext() {
        BlockRequest next;
        synchronized (deferred) {
            next = deferred.poll();
        }
        if (next != null) {
            next.complete(error);
        }
        return next != null;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void resize(long newSize) {
        size = newSize;
        clear(newSize, Long.MAX_VALUE);
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return mayUnmap;
    }

    @Override
    public void submit(BlockRequest request) {
        if (error == null) {
            execute(request);
        }
        if (isDeferring) {
            synchronized (deferred) {
                deferred.add(request);
            }
        } else {
            request.complete(error);
        }
    }

    private void execute(BlockRequest request) {
        switch (request.operation()) {
            case READ -> copy(request, true);
            case WRITE -> copy(request, false);
            case WRITE_ZEROES, FAST_ZERO, TRIM -> zero(request);
            case BLOCK_STATUS -> extents(request);
            case FLUSH, CACHE -> {}
        }
    }

    private void copy(BlockRequest request, boolean isRead) {
        ByteBuffer buffer = request.buffer();
        for (long at = request.offset(); buffer.hasRemaining(); ) {
            int from = (int) (at % PAGE);
            int length = Math.min(buffer.remaining(), PAGE - from);
            byte[] page = pages.computeIfAbsent(at / PAGE, number -> new byte[PAGE]);
            synchronized (page) {
                if (isRead) {
                    buffer.put(page, from, length);
                } else {
                    buffer.get(page, from, length);
                }
            }
            at += length;
        }
    }

    private void zero(BlockRequest request) {
        clear(request.offset(), request.offset() + request.length());
    }

    private void clear(long from, long end) {
        pages.forEach((number, page) -> {
            long start = Math.max(from, number * PAGE);
            long stop = Math.min(end, (number + 1) * PAGE);
            if (start < stop) {
                synchronized (page) {
                    Arrays.fill(page, (int) (start - number * PAGE), (int) (stop - number * PAGE), (byte) 0);
                }
            }
        });
    }

    private void extents(BlockRequest request) {
        long end = request.offset() + request.length();
        boolean wanted = true;
        for (long at = request.offset(); wanted && at < end; ) {
            long stop = Math.min(end, (at / PAGE + 1) * PAGE);
            wanted = request.extent(stop - at, !pages.containsKey(at / PAGE));
            at = stop;
        }
    }

    @Override
    public void close() {}
}
