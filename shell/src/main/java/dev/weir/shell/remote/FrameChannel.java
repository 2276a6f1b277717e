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
 * Frames over one connection. A client that takes nothing for a while is disconnected, so nobody waits for
 * it for ever.
 *
 * <p>Any thread may send, a frame at a time; one thread receives.
 */
final class FrameChannel implements Closeable {
    private static final int HEADER = 5;

    private final SocketChannel channel;
    private final ClientTimeout patience;
    private final Executor writer;
    private final Object sending = new Object();

    /**
     * Talks over a channel.
     *
     * @param writer runs what writes, for a thread that is interrupted while it writes would close the channel
     */
    FrameChannel(SocketChannel channel, ClientTimeout patience, Executor writer) {
        this.channel = channel;
        this.patience = patience;
        this.writer = writer;
    }

    /**
     * Returns the next frame, or null if the other side has closed.
     *
     * @throws ChannelFault if what comes is no frame
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
            throw new ChannelFault("a frame of %d bytes; at most %d are allowed"
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
     * @throws IOException if the other side is gone, or did not take it in time and is disconnected now
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
                throw new IOException("the shell closes", e);
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

    /** Disconnects when patience is over, unless what is returned is cancelled before. */
    Future<?> closeUnlessCancelled() {
        return patience.whenOver(this::close);
    }

    /** Returns a stream that sends what is written to it at once, in frames of a type. */
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
            // there is nothing in it to lose
        }
    }
}
