package dev.weir.backend.file;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An open and locked image.
 *
 * <p>Thread-safe. Only {@link ImageResize} and the check of a device change the size.
 */
final class Image {
    private final Path path;
    private final Object identity;
    private final AsynchronousFileChannel channel;
    private final @Nullable LinuxFile linux;
    private final @Nullable DirectIo direct;
    private final boolean readOnly;
    private final String drive;
    private volatile long size;

    /**
     * Describes an image.
     *
     * @param path path of the file
     * @param identity file identity; equal for all names of the file
     * @param channel the channel for reads and writes on the caller's thread
     * @param linux further operations of Linux; null where unavailable
     * @param direct reads and writes past the page cache; null if the page cache is used
     * @param size size in bytes
     * @param readOnly whether it was opened for reading only
     * @param drive name of the drive that opened it
     */
    Image(
            Path path,
            Object identity,
            AsynchronousFileChannel channel,
            @Nullable LinuxFile linux,
            @Nullable DirectIo direct,
            long size,
            boolean readOnly,
            String drive) {
        this.path = path;
        this.identity = identity;
        this.channel = channel;
        this.linux = linux;
        this.direct = direct;
        this.size = size;
        this.readOnly = readOnly;
        this.drive = drive;
    }

    Path path() {
        return path;
    }

    Object identity() {
        return identity;
    }

    AsynchronousFileChannel channel() {
        return channel;
    }

    @Nullable
    LinuxFile linux() {
        return linux;
    }

    @Nullable
    DirectIo direct() {
        return direct;
    }

    /** Returns the size of the drive (bytes). */
    long size() {
        return size;
    }

    void size(long newSize) {
        size = newSize;
    }

    boolean readOnly() {
        return readOnly;
    }

    String drive() {
        return drive;
    }

    boolean isDevice() {
        return linux != null && linux.isDevice();
    }

    /** Returns the unit of offsets and lengths (bytes): the logical block size of a device, 1 for a file. */
    int blockSize() {
        return linux == null ? 1 : linux.blockSize();
    }

    /** Closes the image and releases its lock. */
    void close() throws IOException {
        if (linux != null) {
            linux.close();
        }
        channel.close();
    }
}
