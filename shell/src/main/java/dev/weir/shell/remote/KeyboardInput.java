package dev.weir.shell.remote;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a client types, until a terminal takes it. Whoever brings it never waits.
 *
 * <p>One thread brings, one takes; any may close.
 */
final class KeyboardInput extends InputStream {
    /** More than anybody pastes while a command runs. */
    static final int MAX_PENDING = 1 << 20;

    /** What was typed, in order; nothing in one of them is the end. */
    private final BlockingQueue<ByteBuffer> pending = new LinkedBlockingQueue<>();

    private final AtomicInteger size = new AtomicInteger();
    private ByteBuffer current = ByteBuffer.allocate(0);
    private boolean ended;

    /** Adds what was typed and returns whether there was room for it. */
    boolean add(ByteBuffer typed) {
        if (typed.hasRemaining()) {
            pending.add(typed);
        }
        return size.addAndGet(typed.remaining()) <= MAX_PENDING;
    }

    @Override
    public int read() {
        return await() ? current.get() & 0xff : -1;
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

    /** Waits for more and returns whether there is any. */
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
