package dev.weir.backend.memory;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.weir.supervision.DaemonThreads;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that the kernel zeroes on first touch, one page of the machine (4 KiB) at a time: a private anonymous mapping.
 * Direct memory of the JVM is zeroed whole by the thread that allocates it, which is the network's thread at the first
 * write to a page of a drive. {@code docs/design/decisions/050-first-touch.md} has the figures.
 *
 * <p>The mapping ends when no buffer refers to it any more. Thread-safe.
 */
final class LazyMemory {
    private static final Logger LOG = LoggerFactory.getLogger(LazyMemory.class);
    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicBoolean IS_ASKED_FOR = new AtomicBoolean();

    /** Whether {@link Calls} can be used; false until another thread has loaded it. */
    private static volatile boolean isThere;

    private final ByteBuffer bytes;
    private final long address;

    private LazyMemory(long address, int length) {
        this.address = address;
        bytes = new Pointer(address).getByteBuffer(0, length);
        CLEANER.register(bytes, () -> Calls.munmap(address, length));
    }

    /**
     * Maps new memory. Its content is zero.
     *
     * @param length in bytes
     * @return null without native access, without address space, and until the native calls are loaded. The first call
     *     starts that on another thread, because it takes some 50 ms.
     */
    static @Nullable LazyMemory map(int length) {
        if (!isThere) {
            load();
            return null;
        }
        long address =
                Calls.mmap(0, length, Calls.PROT_READ_WRITE, Calls.MAP_PRIVATE_ANONYMOUS_NORESERVE, Calls.NO_FILE, 0);
        if (address == Calls.FAILED) {
            return null;
        }
        // the kernel zeroes a huge page whole; an error leaves the system's default
        Calls.madvise(address, length, Calls.MADV_NOHUGEPAGE);
        return new LazyMemory(address, length);
    }

    private static void load() {
        if (IS_ASKED_FOR.compareAndSet(false, true)) {
            DaemonThreads.start("weir-lazy-memory", () -> isThere = Calls.load());
        }
    }

    /** Returns the content. It is zero before the first write and after {@link #discard}. */
    ByteBuffer bytes() {
        return bytes;
    }

    /**
     * Takes a part from the kernel at once, because all of it will be written. An error leaves the part to the first
     * touch.
     *
     * @param from the begin of the part
     * @param length in bytes
     */
    void touch(int from, int length) {
        Calls.madvise(address + from, length, Calls.MADV_POPULATE_WRITE);
    }

    /** Gives the content back to the kernel. A thread that still reads it sees the old bytes or zeroes. */
    void discard() {
        Calls.madvise(address, bytes.capacity(), Calls.MADV_DONTNEED);
    }

    /** The calls of the C library of 64-bit Linux: mmap(2), madvise(2). */
    private static final class Calls {
        static final int PROT_READ_WRITE = 3;
        static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
        static final int NO_FILE = -1;
        static final long FAILED = -1;
        static final int MADV_DONTNEED = 4;
        static final int MADV_NOHUGEPAGE = 15;

        /** Since Linux 5.14. */
        static final int MADV_POPULATE_WRITE = 23;

        private Calls() {}

        static boolean load() {
            try {
                if (System.getProperty("os.name").equals("Linux") && Native.LONG_SIZE == Long.BYTES) {
                    Native.register(Calls.class, NativeLibrary.getInstance("c"));
                    return true;
                }
            } catch (LinkageError | RuntimeException e) {
                LOG.debug("no native access: memory of drives comes from the JVM", e);
            }
            return false;
        }

        static native long mmap(long address, long length, int protection, int flags, int descriptor, long offset);

        static native int munmap(long address, long length);

        static native int madvise(long address, long length, int advice);
    }
}
