package dev.weir.shell.remote;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers the client's keyboard input until the terminal reads it. Adding input never blocks.
 *
 * <p>One thread adds and one thread reads. Any thread may close.
 */
final class KeyboardInput extends InputStream {
    /** The buffer's capacity (bytes). Larger than any realistic paste during a running command. */
    static final int MAX_PENDING = 1 << 20;

    /** Pending input in order. An empty buffer marks the end. */
    private final BlockingQueue<ByteBuffer> pending = new LinkedBlockingQueue<>();

    private final AtomicInteger size = new AtomicInteger();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;

    /** Adds input. Returns false if more than {@link #MAX_PENDING} bytes are pending. */
    boolean add(ByteBuffer typed) {
        if (typed.hasRemaining()) {
            pending.add(typed);
        }
        return size.addAndGet(typed.remaining()) <= MAX_PENDING;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (!await()) {
            return -1;
        }
        int taken = Math.min(length, current.remaining());
        current.get(bytes, offset, taken);
        size.addAndGet(-taken);
        return taken;
    }

    /** Waits for input. Returns false at the end of input or after an interrupt. */
    private boolean await() {
        try {
            while (!current.hasRemaining() && !ended) {
                current = pending.take();
                ended = !current.hasRemaining();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = true;
        }
        return current.hasRemaining();
    }

    @Override
    public void close() {
        pending.add(ByteBuffer.allocate(0));
    }
}
