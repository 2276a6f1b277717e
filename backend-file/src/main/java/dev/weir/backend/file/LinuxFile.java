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
 * What Linux can do with an image and the JDK does not offer: give ranges back, zero them, find holes, read ahead.
 *
 * <p>It has a descriptor of its own, because that of a channel cannot be had. The {@link ImageLock} ends with it. Where the system has no such
 * locks, closing it makes the process lose those of the channel too, so it must live as long as the channel does.
 *
 * <p>Thread-safe, but for {@link #close}. What a file system turns out not to support is not asked of it again.
 */
final class LinuxFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LinuxFile.class);

    /** How far the file system is known to support something. */
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
     * Opens an image once more, or returns null where that is not Linux, or cannot be done.
     *
     * @param identity the file key of the image
     */
    static @Nullable LinuxFile open(Path path, Object identity, boolean readOnly) {
        if (!LibC.isThere()) {
            return null;
        }
        int descriptor = LibC.open(path.toString(), (readOnly ? LibC.O_RDONLY : LibC.O_RDWR) | LibC.O_CLOEXEC);
        if (descriptor < 0) {
            log.info("{} cannot be opened again, errno {}: its holes are not known", path, Native.getLastError());
            return null;
        }
        LinuxFile file = new LinuxFile(path, descriptor);
        if (!file.is(identity)) {
            log.info("{} is another file by now: the holes of the image are not known", path);
            file.close();
            return null;
        }
        return file;
    }

    /** Returns the descriptor, which is open until this is closed. */
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

    /** A hole behind the end of the file changes nothing, and tells whether there can be holes. */
    void probe(long size) {
        try {
            punchHole(size, 1);
        } catch (IOException e) {
            log.debug("{}: whether it can have holes is not known", path, e);
        }
        if (punchHole == Support.NO) {
            log.info("{}: its file system makes no holes, so a trim does nothing and zeroes are written", path);
        }
    }

    /**
     * Gives a range back, which reads as zeroes then.
     *
     * @return false if the file system cannot, and nothing was done
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
     * Makes a range read as zeroes and gives it the room it needs to be written.
     *
     * @return false if the file system cannot, and nothing was done
     */
    boolean zeroRange(long offset, long length) throws IOException {
        if (zeroRange == Support.NO) {
            return false;
        }
        boolean done = allocate(LibC.FALLOC_FL_ZERO_RANGE | LibC.FALLOC_FL_KEEP_SIZE, offset, length);
        zeroRange = done ? Support.YES : Support.NO;
        return done;
    }

    /** Returns whether it is known to zero faster than by writing. */
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
            // some file systems say EINVAL of what they do not support
            case LibC.EOPNOTSUPP, LibC.ENOSYS, LibC.EINVAL -> false;
            case LibC.ENOSPC, LibC.EDQUOT -> throw new BlockException(BlockError.ENOSPC, path + ": no room left");
            case LibC.EPERM, LibC.EROFS -> throw new BlockException(BlockError.EPERM, path + ": may not be written");
            default -> throw new IOException(path + ": fallocate failed, errno " + error);
        };
    }

    /** Tells where there is data and where there are holes. Where the file system does not know, all is data. */
    void extents(long offset, long length, ExtentVisitor visitor) throws IOException {
        long end = offset + length;
        boolean wanted = true;
        for (long at = offset; wanted && at < end; ) {
            long data = Math.min(end, seek(at, LibC.SEEK_DATA, end));
            if (data > at) {
                wanted = visitor.extent(data - at, true);
                at = data;
            } else {
                // at, if the data has gone since: then look again
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

    /** Does what {@link CachedRead#read} says. */
    boolean readCached(ByteBuffer destination, long offset) {
        return cachedRead.read(destination, offset);
    }

    /** Lets the kernel read a range into its cache. */
    void willNeed(long offset, long length) {
        int error = LibC.posix_fadvise(descriptor, offset, length, LibC.POSIX_FADV_WILLNEED);
        if (error != 0) {
            log.debug("{}: posix_fadvise failed, errno {}", path, error);
        }
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
