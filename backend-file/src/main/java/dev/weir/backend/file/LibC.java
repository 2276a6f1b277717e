package dev.weir.backend.file;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Functions and constants of the C library of 64-bit Linux. */
final class LibC {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_EXCL = 0x80;
    static final int O_CLOEXEC = 0x80000;
    static final int O_DIRECT = direct();
    static final long BLKSSZGET = 0x1268;
    static final long BLKDISCARD = 0x1277;
    static final int EBUSY = 16;
    static final int FALLOC_FL_KEEP_SIZE = 1;
    static final int FALLOC_FL_PUNCH_HOLE = 2;
    static final int FALLOC_FL_ZERO_RANGE = 16;
    static final int SEEK_END = 2;
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    static final int POSIX_FADV_WILLNEED = 3;
    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;
    static final int EDQUOT = 122;

    private static final Logger LOG = LoggerFactory.getLogger(LibC.class);
    private static final boolean IS_THERE = register();

    private LibC() {}

    private static int direct() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64", "arm" -> 0x10000;
            case "ppc64le" -> 0x20000;
            default -> 0x4000;
        };
    }

    /** Returns whether the functions are available. */
    static boolean isThere() {
        return IS_THERE;
    }

    private static boolean register() {
        boolean isLinux = System.getProperty("os.name").equals("Linux");
        try {
            if (isLinux && Native.LONG_SIZE == Long.BYTES) {
                // file names get the same encoding as in the JDK
                Map<String, Object> options =
                        Map.of(Library.OPTION_STRING_ENCODING, System.getProperty("sun.jnu.encoding"));
                Native.register(LibC.class, NativeLibrary.getInstance("c", options));
                return true;
            }
            LOG.info("not a 64-bit Linux: images have no holes, and zeroes are written");
        } catch (LinkageError | RuntimeException e) {
            LOG.info("no native access: images have no holes, and zeroes are written", e);
        }
        return false;
    }

    /** Returns the address of the first byte of a direct buffer. The caller keeps the buffer reachable. */
    static long address(ByteBuffer buffer) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    }

    /** Returns the meaning and number of an error of the C library. */
    static String text(int errno) {
        return strerror(errno) + " (errno " + errno + ")";
    }

    private static native String strerror(int errno);

    static native int open(String path, int flags);

    static native int close(int descriptor);

    static native int fallocate(int descriptor, int mode, long offset, long length);

    static native int ftruncate(int descriptor, long length);

    static native long lseek(int descriptor, long offset, int whence);

    static native int posix_fadvise(int descriptor, long offset, long length, int advice);

    /**
     * Sets or tests a lock.
     *
     * @param argument address of a {@code struct flock}
     */
    static native int fcntl(int descriptor, int command, long argument);

    static native long pread(int descriptor, long address, long length, long offset);

    static native long pwrite(int descriptor, long address, long length, long offset);

    /**
     * Queries or controls a device.
     *
     * @param argument address of the argument, as {@code request} defines it
     */
    static native int ioctl(int descriptor, long request, long argument);
}
