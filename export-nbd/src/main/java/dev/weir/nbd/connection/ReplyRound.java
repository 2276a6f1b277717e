package dev.weir.nbd.connection;

import dev.weir.block.Loan;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The replies that one system call writes. Replies without data come first and share one buffer. NBD lets a server
 * choose the order of replies.
 *
 * <p>Not thread-safe.
 */
final class ReplyRound {
    /** Size of a full round (bytes). */
    static final int MAX_ROUND_BYTES = 256 << 10;

    /** Shortest long reply (bytes). */
    static final int LONG_REPLY_BYTES = 64 << 10;

    /** Most replies with data in one round. */
    static final int MAX_ROUND_DATA = 64;

    /** Most bytes of replies without data in one round. */
    static final int MAX_ROUND_PLAIN_BYTES = 4 << 10;

    private static final int PLAIN = 0;

    private final BufferPool pool;
    private ByteBuffer[] buffers = new ByteBuffer[1 + MAX_ROUND_DATA];
    private int first = PLAIN + 1;
    private int end = PLAIN + 1;
    private int plainBytes;
    private int withData;
    private boolean longReply;
    private long bytes;
    private boolean started;

    /** Bytes written of all rounds. Any thread reads it. */
    private volatile long writtenBytes;

    private @Nullable NbdRequest requests;

    ReplyRound(BufferPool pool) {
        this.pool = pool;
    }

    boolean isEmpty() {
        return requests == null;
    }

    boolean isFull() {
        return withData == MAX_ROUND_DATA
                || plainBytes > MAX_ROUND_PLAIN_BYTES - ReplyWriter.MAX_PLAIN_BYTES
                || bytes >= MAX_ROUND_BYTES;
    }

    /** Adds the reply to a request. The round must not be full and its write must not have begun. */
    void add(NbdRequest request) {
        ByteBuffer data = request.data();
        if (data != null) {
            int replyBytes = request.replyBytes();
            bytes += replyBytes;
            longReply |= replyBytes >= LONG_REPLY_BYTES;
            withData++;
            addBuffer(data);
            for (Loan loan : request.loans()) {
                addBuffer(loan.bytes());
            }
        } else {
            ByteBuffer plain = plainBuffer();
            request.putReply(plain);
            bytes += plain.position() - plainBytes;
            plainBytes = plain.position();
        }
        request.next = requests;
        requests = request;
    }

    private void addBuffer(ByteBuffer buffer) {
        if (end == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * end);
        }
        buffers[end++] = buffer;
    }

    private ByteBuffer plainBuffer() {
        if (first != PLAIN) {
            buffers[PLAIN] = pool.take(MAX_ROUND_PLAIN_BYTES);
            first = PLAIN;
        }
        return buffers[PLAIN];
    }

    /** Writes as much as the socket accepts. Returns whether the round is complete. */
    boolean write(Wire wire) throws IOException {
        if (!started && plainBytes > 0) {
            buffers[PLAIN].flip();
        }
        started = true;
        while (first < end) {
            long written = first == end - 1 ? wire.write(buffers[first]) : wire.write(buffers, first, end - first);
            if (written == 0) {
                return false;
            }
            long sum = writtenBytes + written; // not atomic, because one thread at a time writes a round
            writtenBytes = sum;
            while (first < end && !buffers[first].hasRemaining()) {
                first++;
            }
        }
        return wire.flush();
    }

    long writtenBytes() {
        return writtenBytes;
    }

    boolean hasLongReply() {
        return longReply;
    }

    /** Returns all buffers and empties the round. The result is its linked requests, written or not. */
    @Nullable
    NbdRequest clear() {
        if (plainBytes > 0) {
            pool.give(buffers[PLAIN]);
        }
        for (NbdRequest request = requests; request != null; request = request.next) {
            request.giveBackData();
        }
        Arrays.fill(buffers, PLAIN, end, null); // otherwise buffers that the pool freed would stay reachable
        NbdRequest done = requests;
        requests = null;
        first = PLAIN + 1;
        end = first;
        plainBytes = 0;
        withData = 0;
        longReply = false;
        bytes = 0;
        started = false;
        return done;
    }
}
