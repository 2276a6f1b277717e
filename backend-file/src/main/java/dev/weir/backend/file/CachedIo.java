package dev.weir.backend.file;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes that wait for no storage. With {@code RWF_NOWAIT} Linux reads from its page cache or fails at once.
 * tmpfs does not support the flag and has all of a file in memory, so plain reads and writes are used there. They wait
 * only for pages that the machine has swapped out.
 *
 * <p>Other file systems have no such write: ext4 does not support the flag, and with it XFS and Btrfs still wait while
 * they are frozen. See {@code docs/design/decisions/058-writes-at-once.md}.
 *
 * <p>Thread-safe.
 */
final class CachedIo {

    /** Largest transfer (bytes); short enough that a few reads do not delay the other work of an event loop. */
    private static final int MAX_BYTES = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(CachedIo.class);
    private static final int RWF_NOWAIT = 8;
    private static final long TMPFS_MAGIC = 0x01021994;

    /** More than the size of a {@code struct statfs}, which begins with the type of the file system. */
    private static final int STATFS_BYTES = 256;

    private static final int EOPNOTSUPP = 95;
    private static final boolean IS_THERE = register();
    private static final ThreadLocal<Vector> VECTORS = ThreadLocal.withInitial(Vector::new);

    private final int descriptor;

    /** Whether the file is on tmpfs. */
    private final boolean inMemory;

    /** False once the file system has reported that it does not support {@code RWF_NOWAIT}. */
    private volatile boolean reads = IS_THERE;

    /** Uses {@code descriptor}, which must stay open. */
    CachedIo(int descriptor) {
        this.descriptor = descriptor;
        inMemory = IS_THERE && isTmpfs(descriptor);
    }

    /** Returns whether the file is on tmpfs. Only then {@link #write} writes. */
    boolean isInMemory() {
        return inMemory;
    }

    private static boolean isTmpfs(int descriptor) {
        ByteBuffer status = ByteBuffer.allocateDirect(STATFS_BYTES).order(ByteOrder.nativeOrder());
        return fstatfs(descriptor, LibC.address(status)) == 0 && status.getLong(0) == TMPFS_MAGIC;
    }

    private static boolean register() {
        try {
            Native.register(CachedIo.class, "c");
            return true;
        } catch (LinkageError | RuntimeException e) {
            LOG.info("the C library has no preadv2 and pwritev2: all reads and writes of images use worker threads", e);
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
        if (!reads || !isPossible(destination)) {
            return false;
        }
        long vector = VECTORS.get().of(destination);
        long bytes = preadv2(descriptor, vector, 1, offset, inMemory ? 0 : RWF_NOWAIT);
        if (bytes < 0 && Native.getLastError() == EOPNOTSUPP) {
            reads = false;
        }
        return isWhole(bytes, destination);
    }

    /**
     * Writes {@code source} to its limit if the file is in memory.
     *
     * @return false if it is not, after an error and if only a part was written; the position is then unchanged
     */
    boolean write(ByteBuffer source, long offset) {
        return inMemory
                && isPossible(source)
                && isWhole(pwritev2(descriptor, VECTORS.get().of(source), 1, offset, 0), source);
    }

    private static boolean isPossible(ByteBuffer buffer) {
        return buffer.remaining() <= MAX_BYTES && buffer.isDirect();
    }

    private static boolean isWhole(long bytes, ByteBuffer buffer) {
        if (bytes != buffer.remaining()) {
            return false;
        }
        buffer.position(buffer.limit());
        return true;
    }

    private static native int fstatfs(int descriptor, long status);

    private static native long preadv2(int descriptor, long vector, int count, long offset, int flags);

    private static native long pwritev2(int descriptor, long vector, int count, long offset, int flags);

    /** One {@code struct iovec}. */
    private static final class Vector {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        private final long address = LibC.address(memory);

        long of(ByteBuffer buffer) {
            memory.putLong(0, LibC.address(buffer) + buffer.position()).putLong(8, buffer.remaining());
            return address;
        }
    }
}
