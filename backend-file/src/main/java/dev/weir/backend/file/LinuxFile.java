package dev.weir.backend.file;

import com.sun.jna.Native;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.ExtentVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File operations of Linux that the JDK lacks: punch holes, zero ranges, find holes, read ahead, read only from the
 * page cache. See {@code docs/design/decisions/012-holes-of-images.md}.
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

    private final Path path;
    private final int descriptor;
    private final CachedRead cachedRead;
    private volatile Support punchHole = Support.UNKNOWN;
    private volatile Support zeroRange = Support.UNKNOWN;

    private LinuxFile(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
        cachedRead = new CachedRead(descriptor);
    }

    /**
     * Opens a second descriptor of an image. Returns null on other systems and after a failure.
     *
     * @param identity file key of the image
     */
    static @Nullable LinuxFile open(Path path, Object identity, boolean readOnly) {
        if (!LibC.isThere()) {
            return null;
        }
        int descriptor = LibC.open(path.toString(), (readOnly ? LibC.O_RDONLY : LibC.O_RDWR) | LibC.O_CLOEXEC);
        if (descriptor < 0) {
            LOG.info(
                    "{}: second open failed, errno {}: trims have no effect, and holes read as data",
                    path,
                    Native.getLastError());
            return null;
        }
        LinuxFile file = new LinuxFile(path, descriptor);
        if (!file.is(identity)) {
            LOG.info("{}: replaced during the open: trims have no effect, and holes read as data", path);
            file.close();
            return null;
        }
        return file;
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
     * nothing.
     */
    void probe(long size) {
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
        return zeroRange == Support.YES || (mayPunch && punchHole == Support.YES);
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
            case LibC.ENOSPC, LibC.EDQUOT ->
                throw new BlockException(BlockError.ENOSPC, path + ": no space left on the file system");
            case LibC.EPERM, LibC.EROFS ->
                throw new BlockException(BlockError.EPERM, path + ": writing is not permitted");
            default -> throw new IOException(path + ": fallocate failed, errno " + error);
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
            default -> throw new IOException(path + ": lseek failed, errno " + error);
        };
    }

    /** Calls {@link CachedRead#read}. */
    boolean readCached(ByteBuffer destination, long offset) {
        return cachedRead.read(destination, offset);
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
