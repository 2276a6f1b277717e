package dev.weir.backend.file;

import com.sun.jna.Native;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.ExtentVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File operations of Linux that the JDK lacks: punch holes, zero ranges, find holes, read ahead, use only the
 * page cache or bypass it, discard ranges of a device. See {@code docs/design/decisions/012-holes-of-images.md}.
 *
 * <p>Opens its own descriptor, because the JDK does not expose that of a channel. The {@link ImageLock} ends with
 * this descriptor. On a system without OFD locks, closing the descriptor also drops the locks of the channel. This
 * object must therefore live as long as the channel.
 *
 * <p>Thread-safe except for {@link #close}. Caches operations that the file system does not support and does not
 * retry them.
 */
final class LinuxFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxFile.class);

    /** Support of an operation by the file system, as far as known. */
    private enum Support {
        UNKNOWN,
        YES,
        NO
    }

    /** Block size of a device that does not tell its own (bytes). */
    private static final int DEFAULT_BLOCK = 4096;

    private final Path path;
    private final int descriptor;
    private final int blockSize;
    private final CachedIo cached;
    private volatile Support punchHole = Support.UNKNOWN;
    private volatile Support zeroRange = Support.UNKNOWN;
    private volatile boolean canDiscard = true;

    private LinuxFile(Path path, int descriptor, int blockSize) {
        this.path = path;
        this.descriptor = descriptor;
        this.blockSize = blockSize;
        cached = new CachedIo(descriptor);
    }

    /**
     * Opens a second descriptor of an image. Opens a device exclusively: not while it is mounted or another program has
     * it open exclusively.
     *
     * @param identity file key of the image
     * @return null for a file on other systems and after a failure, unless the drive needs the descriptor
     * @throws IOException if a device or direct I/O needs the descriptor and it cannot be opened
     */
    static @Nullable LinuxFile open(ImageSpec spec, Object identity, boolean isDevice) throws IOException {
        boolean isNeeded = isDevice || spec.direct();
        if (!LibC.isThere()) {
            if (isNeeded) {
                throw spec.refused("a device and cache = none need native access, which is unavailable");
            }
            return null;
        }
        int flags = (spec.readOnly() ? LibC.O_RDONLY : LibC.O_RDWR)
                | LibC.O_CLOEXEC
                | (isDevice ? LibC.O_EXCL : 0)
                | (spec.direct() ? LibC.O_DIRECT : 0);
        Path path = spec.path();
        int descriptor = LibC.open(path.toString(), flags);
        String failure = descriptor < 0 ? reason(Native.getLastError(), spec.direct()) : "";
        if (descriptor >= 0) {
            LinuxFile file = new LinuxFile(path, descriptor, isDevice ? blockSize(descriptor) : 1);
            if (file.is(identity)) {
                return file;
            }
            file.close();
            failure = "was replaced during the open";
        }
        if (isNeeded) {
            throw spec.refused(failure);
        }
        LOG.info("{}: {}: trims have no effect, and holes read as data", path, failure);
        return null;
    }

    private static String reason(int error, boolean isDirect) {
        return switch (error) {
            case LibC.EBUSY -> "is mounted, or another program has it open exclusively";
            case LibC.EINVAL ->
                isDirect
                        ? "its file system has no direct I/O; leave out cache = none"
                        : "cannot be opened: " + LibC.text(error);
            default -> "cannot be opened a second time: " + LibC.text(error);
        };
    }

    /** Returns the descriptor, which stays open until {@link #close}. */
    int descriptor() {
        return descriptor;
    }

    private boolean is(Object identity) {
        try {
            Path link = Path.of("/proc/self/fd/" + descriptor);
            return identity.equals(
                    Files.readAttributes(link, BasicFileAttributes.class).fileKey());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Finds out whether the file system can punch holes. Punches one beyond the end of the file, which changes
     * nothing. A device only shows it when it is used.
     */
    void probe(long size) {
        if (isDevice()) {
            return;
        }
        try {
            punchHole(size, 1);
        } catch (IOException e) {
            LOG.debug("{}: unknown whether the file system supports holes", path, e);
        }
        if (punchHole == Support.NO) {
            LOG.info("{}: the file system does not support holes: trims have no effect, and zeroes are written", path);
        }
    }

    /**
     * Deallocates a range, which then reads as zeroes.
     *
     * @return false if the file system does not support it; nothing was changed then
     */
    boolean punchHole(long offset, long length) throws IOException {
        if (punchHole == Support.NO) {
            return false;
        }
        boolean done = allocate(LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE, offset, length);
        punchHole = done ? Support.YES : Support.NO;
        return done;
    }

    /**
     * Zeroes a range and allocates its blocks.
     *
     * @return false if the file system does not support it; nothing was changed then
     */
    boolean zeroRange(long offset, long length) throws IOException {
        if (zeroRange == Support.NO) {
            return false;
        }
        boolean done = allocate(LibC.FALLOC_FL_ZERO_RANGE | LibC.FALLOC_FL_KEEP_SIZE, offset, length);
        zeroRange = done ? Support.YES : Support.NO;
        return done;
    }

    /** Returns whether zeroing is known to be faster than writing. */
    boolean zeroesFast(boolean mayPunch) {
        // the kernel zeroes a range of a device by writing, unless the device can do it
        return (zeroRange == Support.YES && !isDevice()) || (mayPunch && punchHole == Support.YES);
    }

    /**
     * Discards a range.
     *
     * @return false if the device or the file system does not support it; nothing was changed then
     */
    boolean discard(long offset, long length) throws IOException {
        if (!isDevice()) {
            return punchHole(offset, length);
        }
        if (!canDiscard) {
            return false;
        }
        ByteBuffer range = ByteBuffer.allocateDirect(2 * Long.BYTES).order(ByteOrder.nativeOrder());
        range.putLong(0, offset).putLong(Long.BYTES, length);
        int error = LibC.ioctl(descriptor, LibC.BLKDISCARD, LibC.address(range)) == 0 ? 0 : Native.getLastError();
        if (error != 0 && error != LibC.EOPNOTSUPP) {
            throw failed("BLKDISCARD", error);
        }
        canDiscard = error == 0;
        return canDiscard;
    }

    boolean isDevice() {
        return blockSize > 1;
    }

    /** Returns the logical block size of a device (bytes), 1 for a file. */
    int blockSize() {
        return blockSize;
    }

    private static int blockSize(int descriptor) {
        ByteBuffer size = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
        return LibC.ioctl(descriptor, LibC.BLKSSZGET, LibC.address(size)) == 0 ? size.getInt(0) : DEFAULT_BLOCK;
    }

    /** Returns the size of a file or device (bytes). */
    long size() throws IOException {
        long size = LibC.lseek(descriptor, 0, LibC.SEEK_END);
        if (size < 0) {
            throw new IOException(path + ": lseek failed: " + LibC.text(Native.getLastError()));
        }
        return size;
    }

    /** Sets the size of a file (bytes). New bytes are a hole. */
    void truncate(long size) throws IOException {
        int error;
        do {
            error = LibC.ftruncate(descriptor, size) == 0 ? 0 : Native.getLastError();
        } while (error == LibC.EINTR);
        if (error != 0) {
            throw failed("ftruncate", error);
        }
    }

    /**
     * Reads once.
     *
     * @param address of the memory
     * @return the number of bytes; 0 at the end
     */
    int pread(long address, int length, long offset) throws IOException {
        return transferred("pread", false, () -> LibC.pread(descriptor, address, length, offset));
    }

    /**
     * Writes once.
     *
     * @param address of the memory
     * @return the number of bytes
     */
    int pwrite(long address, int length, long offset) throws IOException {
        return transferred("pwrite", true, () -> LibC.pwrite(descriptor, address, length, offset));
    }

    private int transferred(String call, boolean isWrite, LongSupplier transfer) throws IOException {
        while (true) {
            long bytes = transfer.getAsLong();
            if (bytes > 0 || (bytes == 0 && !isWrite)) {
                return (int) bytes;
            }
            int error = bytes == 0 ? LibC.ENOSPC : Native.getLastError(); // a device writes nothing beyond its end
            if (error != LibC.EINTR) {
                throw failed(call, error);
            }
        }
    }

    private IOException failed(String call, int error) {
        return switch (error) {
            case LibC.ENOSPC, LibC.EDQUOT ->
                new BlockException(BlockError.ENOSPC, path + ": no space left on the file system");
            case LibC.EPERM, LibC.EROFS -> new BlockException(BlockError.EPERM, path + ": writing is not permitted");
            default -> new IOException(path + ": " + call + " failed: " + LibC.text(error));
        };
    }

    private boolean allocate(int mode, long offset, long length) throws IOException {
        int error;
        do {
            error = LibC.fallocate(descriptor, mode, offset, length) == 0 ? 0 : Native.getLastError();
        } while (error == LibC.EINTR);
        return switch (error) {
            case 0 -> true;
            // some file systems report EINVAL for an unsupported operation
            case LibC.EOPNOTSUPP, LibC.ENOSYS, LibC.EINVAL -> false;
            default -> throw failed("fallocate", error);
        };
    }

    /**
     * Reports the data and hole extents of a range. If the file system does not report holes, the range is all data.
     */
    void extents(long offset, long length, ExtentVisitor visitor) throws IOException {
        long end = offset + length;
        boolean wanted = true;
        for (long at = offset; wanted && at < end; ) {
            long data = Math.min(end, seek(at, LibC.SEEK_DATA, end));
            if (data > at) {
                wanted = visitor.extent(data - at, true);
                at = data;
            } else {
                // equals at if the data was trimmed since: seek again
                long hole = Math.min(end, seek(at, LibC.SEEK_HOLE, end));
                wanted = hole == at || visitor.extent(hole - at, false);
                at = hole;
            }
        }
    }

    private long seek(long from, int whence, long none) throws IOException {
        long found = LibC.lseek(descriptor, from, whence);
        if (found >= 0) {
            return found;
        }
        int error = Native.getLastError();
        return switch (error) {
            case LibC.ENXIO -> {
                if (LibC.lseek(descriptor, 0, LibC.SEEK_END) < none) {
                    throw new IOException(path + " is shorter than when it was opened");
                }
                yield none;
            }
            case LibC.EINVAL -> whence == LibC.SEEK_DATA ? from : none;
            default -> throw new IOException(path + ": lseek failed: " + LibC.text(error));
        };
    }

    /** Calls {@link CachedIo#read}. */
    boolean readCached(ByteBuffer destination, long offset) {
        return cached.read(destination, offset);
    }

    /** Returns whether the file is on tmpfs. */
    boolean isInMemory() {
        return cached.isInMemory();
    }

    /** Calls {@link CachedIo#write}. */
    boolean writeCached(ByteBuffer source, long offset) {
        return cached.write(source, offset);
    }

    /** Asks the kernel to read a range ahead into the page cache. */
    void willNeed(long offset, long length) {
        int error = LibC.posix_fadvise(descriptor, offset, length, LibC.POSIX_FADV_WILLNEED);
        if (error != 0) {
            LOG.debug("{}: posix_fadvise failed, errno {}", path, error);
        }
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
