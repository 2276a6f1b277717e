package dev.weir.backend.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Complete reads and writes on the caller's thread.
 *
 * <p>Uses asynchronous channels whose tasks run on the {@link CallerThread}. An interrupt closes a {@link
 * java.nio.channels.FileChannel} for all threads and drops its lock. Asynchronous channels ignore interrupts.
 */
final class ChannelIo {

    private ChannelIo() {}

    /**
     * Fills {@code destination} to its limit.
     *
     * @return false at the end of the file; the position shows how much was read
     */
    static boolean read(AsynchronousFileChannel channel, ByteBuffer destination, long offset) throws IOException {
        long at = offset;
        while (destination.hasRemaining()) {
            int bytes = await(channel.read(destination, at));
            if (bytes < 0) {
                return false;
            }
            at += bytes;
        }
        return true;
    }

    /** Writes {@code source} to its limit. */
    static void write(AsynchronousFileChannel channel, ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += await(channel.write(source, at));
        }
    }

    private static int await(Future<Integer> io) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return io.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
