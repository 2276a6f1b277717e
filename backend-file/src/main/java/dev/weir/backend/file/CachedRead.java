package dev.weir.backend.file;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads that never wait: Linux fills the buffer from its cache with {@code RWF_NOWAIT}, or says that it cannot.
 *
 * <p>Thread-safe.
 */
final class CachedRead {

    /** Of one read; so long that a few of them at once keep no thread from its other work. */
    private static final int MAX_BYTES = 256 << 10;

    private static final Logger log = LoggerFactory.getLogger(CachedRead.class);
    private static final int RWF_NOWAIT = 8;
    private static final int EOPNOTSUPP = 95;
    private static final boolean IS_THERE = register();
    private static final ThreadLocal<Vector> VECTORS = ThreadLocal.withInitial(Vector::new);

    private final int descriptor;

    /** Whether the file system is not known to know of such reads. */
    private volatile boolean works = IS_THERE;

    /** Reads through a descriptor, which is open for as long as this is used. */
    CachedRead(int descriptor) {
        this.descriptor = descriptor;
    }

    private static boolean register() {
        try {
            Native.register(CachedRead.class, "c");
            return true;
        } catch (LinkageError | RuntimeException e) {
            log.info("the C library has no preadv2: reads of images go to workers, cached or not", e);
            return false;
        }
    }

    /**
     * Fills {@code destination} from its position to its limit if all of that is cached.
     *
     * @return false if it is not, or nobody knows; the position is as it was then, the bytes behind it are of no meaning
     */
    boolean read(ByteBuffer destination, long offset) {
        int length = destination.remaining();
        if (!works || length > MAX_BYTES || !destination.isDirect()) {
            return false;
        }
        long vector = VECTORS.get().of(destination, length);
        long bytes = preadv2(descriptor, vector, 1, offset, RWF_NOWAIT);
        if (bytes < 0 && Native.getLastError() == EOPNOTSUPP) {
            works = false;
        }
        if (bytes != length) {
            return false;
        }
        destination.position(destination.limit());
        return true;
    }

    private static native long preadv2(int descriptor, long vector, int count, long offset, int flags);

    /** One {@code struct iovec}. */
    private static final class Vector {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
        private final long address = addressOf(memory);

        long of(ByteBuffer buffer, int length) {
            memory.putLong(0, addressOf(buffer) + buffer.position()).putLong(8, length);
            return address;
        }

        private static long addressOf(ByteBuffer buffer) {
            return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
        }
    }
}
