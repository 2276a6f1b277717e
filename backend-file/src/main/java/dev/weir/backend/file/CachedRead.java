package dev.weir.backend.file;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Non-blocking reads: Linux fills the buffer from its page cache with {@code RWF_NOWAIT}, or fails at once. tmpfs does
 * not support the flag and has all of a file in memory, so a plain read is used there. It waits only for pages that the
 * machine has swapped out.
 *
 * <p>Thread-safe.
 */
final class CachedRead {

    /** Largest read; short enough that a few reads do not delay the other work of an event loop. */
    private static final int MAX_BYTES = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(CachedRead.class);
    private static final int RWF_NOWAIT = 8;
    private static final long TMPFS_MAGIC = 0x01021994;

    /** More than the size of a {@code struct statfs}, which begins with the type of the file system. */
    private static final int STATFS_BYTES = 256;

    private static final int EOPNOTSUPP = 95;
    private static final boolean IS_THERE = register();
    private static final ThreadLocal<Vector> VECTORS = ThreadLocal.withInitial(Vector::new);

    private final int descriptor;
    private final int flags;

    /** False once the file system has reported that it does not support {@code RWF_NOWAIT}. */
    private volatile boolean works = IS_THERE;

    /** Reads through {@code descriptor}, which must stay open. */
    CachedRead(int descriptor) {
        this.descriptor = descriptor;
        flags = works && isTmpfs(descriptor) ? 0 : RWF_NOWAIT;
    }

    private static boolean isTmpfs(int descriptor) {
        ByteBuffer status = ByteBuffer.allocateDirect(STATFS_BYTES).order(ByteOrder.nativeOrder());
        return fstatfs(descriptor, LibC.address(status)) == 0 && status.getLong(0) == TMPFS_MAGIC;
    }

    private static boolean register() {
        try {
            Native.register(CachedRead.class, "c");
            return true;
        } catch (LinkageError | RuntimeException e) {
            LOG.info("the C library has no preadv2: cached reads of images use worker threads, too", e);
            return false;
        }
    }

    /**
     * Fills {@code destination} to its limit if the whole range is in the page cache.
     *
     * @return false if it is not cached or the state is unknown; the position is then unchanged, and the bytes behind
     *     it are undefined
     */
    boolean read(ByteBuffer destination, long offset) {
        int length = destination.remaining();
        if (!works || length > MAX_BYTES || !destination.isDirect()) {
            return false;
        }
        long vector = VECTORS.get().of(destination, length);
        long bytes = preadv2(descriptor, vector, 1, offset, flags);
        if (bytes < 0 && Native.getLastError() == EOPNOTSUPP) {
            works = false;
        }
        if (bytes != length) {
            return false;
        }
        destination.position(destination.limit());
        return true;
    }

    private static native int fstatfs(int descriptor, long status);

    private static native long preadv2(int descriptor, long vector, int count, long offset, int flags);

    /** One {@code struct iovec}. */
    private static final class Vector {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        private final long address = LibC.address(memory);

        long of(ByteBuffer buffer, int length) {
            memory.putLong(0, LibC.address(buffer) + buffer.position()).putLong(8, length);
            return address;
        }
    }
}
