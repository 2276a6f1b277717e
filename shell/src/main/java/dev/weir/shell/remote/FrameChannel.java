package dev.weir.shell.remote;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends and receives frames over one connection. Disconnects a client that does not read a frame before the timeout,
 * so a slow client never blocks a sender for ever.
 *
 * <p>Any thread may send. Only one thread receives.
 */
final class FrameChannel implements Closeable {
    private static final int HEADER = 5;

    private final SocketChannel channel;
    private final ClientTimeout timeout;
    private final Executor writer;
    private final Object sending = new Object();

    /**
     * Creates a channel of frames.
     *
     * @param timeout the time that the client has to read a frame
     * @param writer executes the writes, because an interrupt of a writing thread closes the socket
     */
    FrameChannel(SocketChannel channel, ClientTimeout timeout, Executor writer) {
        this.channel = channel;
        this.timeout = timeout;
        this.writer = writer;
    }

    /**
     * Returns the next frame. Returns null if the client has closed the connection.
     *
     * @throws ChannelFault if the length of the frame is out of range
     * @throws IOException if the connection fails
     */
    @Nullable
    Frame receive() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (!fill(header)) {
            return null;
        }
        char type = (char) (header.get() & 0xff);
        int length = header.getInt();
        if (length < 0 || length > Frame.MAX_PAYLOAD) {
            throw new ChannelFault("a frame of %d bytes is too long; at most %d are allowed"
                    .formatted(Integer.toUnsignedLong(length), Frame.MAX_PAYLOAD));
        }
        ByteBuffer payload = ByteBuffer.allocate(length);
        return fill(payload) ? new Frame(type, payload) : null;
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        buffer.flip();
        return true;
    }

    /**
     * Sends a frame.
     *
     * @throws IOException if the client is gone, did not read in time and was disconnected, or the server is closing
     */
    void send(Frame frame) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER)
                .put((byte) frame.type())
                .putInt(frame.payload().remaining())
                .flip();
        ByteBuffer[] whole = {header, frame.payload()};
        synchronized (sending) {
            Future<?> limit = closeUnlessCancelled();
            try {
                CompletableFuture.runAsync(() -> write(whole), writer).join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof UncheckedIOException failed ? failed.getCause() : new IOException(e);
            } catch (RejectedExecutionException e) {
                throw new IOException("the shell is closing", e);
            } finally {
                limit.cancel(false);
            }
        }
    }

    private void write(ByteBuffer[] all) {
        try {
            for (ByteBuffer each : all) {
                while (each.hasRemaining()) {
                    channel.write(all);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Schedules a disconnect at the timeout. Cancelling the returned future prevents it. */
    Future<?> closeUnlessCancelled() {
        return timeout.whenOver(this::close);
    }

    /** Returns an unbuffered stream that sends the bytes at once, in frames of a type. */
    OutputStream stream(char type) {
        return new OutputStream() {
            @Override
            public void write(int oneByte) throws IOException {
                write(new byte[] {(byte) oneByte}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                for (int sent = 0; sent < length; sent += Frame.MAX_PAYLOAD) {
                    int part = Math.min(length - sent, Frame.MAX_PAYLOAD);
                    send(new Frame(type, ByteBuffer.wrap(bytes, offset + sent, part)));
                }
            }
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // a failed close loses no data because the channel buffers nothing
        }
    }
}
