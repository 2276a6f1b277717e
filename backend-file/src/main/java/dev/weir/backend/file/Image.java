package dev.weir.backend.file;

import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;

/**
 * An image that is open and locked.
 *
 * @param path where it is
 * @param identity what is the same for every name of the file
 * @param channel through which it is read and written, on the caller's thread
 * @param size in bytes
 * @param readOnly whether it is only read
 * @param drive the drive for which it was opened
 */
record Image(Path path, Object identity, AsynchronousFileChannel channel, long size, boolean readOnly, String drive) {}
