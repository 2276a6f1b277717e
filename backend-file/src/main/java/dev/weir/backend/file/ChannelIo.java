package dev.weir.backend.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Whole reads and writes on the caller's thread.
 *
 * <p>The channels are asynchronous ones whose tasks run on the {@link CallerThread}, because a
 * {@link java.nio.channels.FileChannel} is closed, for all and with its lock, when one thread that uses it is
 * interrupted. These take no notice.
 */
final class ChannelIo {

    private ChannelIo() {}

    /**
     * Fills {@code destination} to its limit.
     *
     * @return false if the file ends before
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
