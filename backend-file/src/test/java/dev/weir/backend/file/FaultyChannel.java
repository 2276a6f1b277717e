package dev.weir.backend.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A real channel that transfers less than requested, or fails with a message of the system. */
final class FaultyChannel extends AsynchronousFileChannel {
    private final AsynchronousFileChannel channel;
    private final int bytesAtATime;

    /** Message of the next failures. */
    @Nullable
    String fault;

    FaultyChannel(AsynchronousFileChannel channel, int bytesAtATime) {
        this.channel = channel;
        this.bytesAtATime = bytesAtATime;
    }

    private interface Transfer {
        Future<Integer> start(ByteBuffer part);
    }

    private Future<Integer> transfer(ByteBuffer buffer, Transfer transfer) {
        if (fault != null) {
            return CompletableFuture.failedFuture(new IOException(fault));
        }
        int bytes = Math.min(bytesAtATime, buffer.remaining());
        try {
            int done = transfer.start(buffer.slice(buffer.position(), bytes)).get();
            buffer.position(buffer.position() + Math.max(0, done));
            return CompletableFuture.completedFuture(done);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Future<Integer> read(ByteBuffer destination, long position) {
        return transfer(destination, part -> channel.read(part, position));
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long position) {
        return transfer(source, part -> channel.write(part, position));
    }

    @Override
    public void force(boolean metaData) throws IOException {
        if (fault != null) {
            throw new IOException(fault);
        }
        channel.force(metaData);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public long size() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AsynchronousFileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void lock(
            long position, long size, boolean shared, A attachment, CompletionHandler<FileLock, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<FileLock> lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void read(
            ByteBuffer destination, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void write(
            ByteBuffer source, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
        throw new UnsupportedOperationException();
    }
}
