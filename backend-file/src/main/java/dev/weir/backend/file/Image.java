package dev.weir.backend.file;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An image that is open and locked.
 *
 * @param path where it is
 * @param identity what is the same for every name of the file
 * @param channel through which it is read and written, on the caller's thread
 * @param linux what else the system can do with it; null where it cannot
 * @param size in bytes
 * @param readOnly whether it is only read
 * @param drive the drive for which it was opened
 */
record Image(
        Path path,
        Object identity,
        AsynchronousFileChannel channel,
        @Nullable LinuxFile linux,
        long size,
        boolean readOnly,
        String drive) {

    /** Closes it, which gives up its lock. */
    void close() throws IOException {
        if (linux != null) {
            linux.close();
        }
        channel.close();
    }
}
