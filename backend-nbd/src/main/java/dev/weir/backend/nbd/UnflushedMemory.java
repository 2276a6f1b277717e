package dev.weir.backend.nbd;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The memory for unflushed writes of all drives, in segments of {@value #SEGMENT_BYTES} bytes. It takes at most an
 * eighth of the heap.
 *
 * <p>Thread-safe.
 */
final class UnflushedMemory {
    static final int SEGMENT_BYTES = 1 << 20;
    private static final int MAX_SPARE = 16;

    private final long maxSegments;
    private final Deque<byte[]> spare = new ArrayDeque<>();
    private long taken;

    /** Makes the memory of this JVM. */
    UnflushedMemory() {
        this(Runtime.getRuntime().maxMemory() / 8 / SEGMENT_BYTES);
    }

    UnflushedMemory(long maxSegments) {
        this.maxSegments = maxSegments;
    }

    /** Takes a segment. Returns null if none is left. */
    synchronized byte @Nullable [] take() {
        if (taken == maxSegments) {
            return null;
        }
        byte[] segment = spare.pollLast();
        if (segment == null) {
            segment = new byte[SEGMENT_BYTES];
        }
        taken++;
        return segment;
    }

    synchronized void giveBack(byte[] segment) {
        taken--;
        if (spare.size() < MAX_SPARE) {
            spare.addLast(segment);
        }
    }
}
