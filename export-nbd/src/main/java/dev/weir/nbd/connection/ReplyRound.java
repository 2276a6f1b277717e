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
 * The replies that are being written, gathered for one system call. Those without data come first, one behind
 * the other in one buffer: NBD leaves the order of replies to the server.
 *
 * <p>Not thread-safe.
 */
final class ReplyRound {
    /** Bytes of replies after which a round is full; one system call writes a round. */
    static final int MAX_ROUND_BYTES = 256 << 10;

    /** Shortest reply that counts as long, in bytes. */
    static final int LONG_REPLY_BYTES = 64 << 10;

    /** Replies with data in one round. */
    static final int MAX_ROUND_DATA = 64;

    /** Bytes of replies without data in one round. */
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

    /** What was written of all rounds, in bytes. Read by any thread. */
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

    /** Adds the reply to a request, to a round that is not full and was not yet tried to write. */
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

    /** Writes as much as the socket takes; returns whether that was all. */
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
            long sum = writtenBytes + written; // one thread at a time writes a round
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

    /** Gives all buffers back and empties the round, written or not; returns its requests, linked. */
    @Nullable
    NbdRequest clear() {
        if (plainBytes > 0) {
            pool.give(buffers[PLAIN]);
        }
        for (NbdRequest request = requests; request != null; request = request.next) {
            request.releaseData();
        }
        Arrays.fill(buffers, PLAIN, end, null); // or memory that the pool did not keep would stay
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
