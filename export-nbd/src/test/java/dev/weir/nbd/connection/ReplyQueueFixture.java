package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.util.Objects;

/** A reply queue in front of a fake socket, and the requests that it answers. */
abstract class ReplyQueueFixture {
    static final int HEADER = Nbd.SIMPLE_REPLY_BYTES;
    private static final NegotiatedSession AGREEMENT =
            new NegotiatedSession(new MemoryDrive("vm1", 1 << 20, false), NbdMode.SIMPLE, false);

    final BufferPool pool = new BufferPool(1 << 20, ReplyWriter.MAX_DATA_HEADER_BYTES);
    final Lender lender = new Lender();
    final FakeSocket socket = new FakeSocket();
    final ReplyQueue queue = socket.queue(pool);
    final TransmissionCodec transmission = new TransmissionCodec("client", AGREEMENT, queue, pool, Runnable::run);

    void assertAllBack() {
        assertEquals(0, pool.lent());
        assertEquals(0, lender.lent());
        assertTrue(queue.isDone());
    }

    NbdRequest newRequest() {
        return new NbdRequest("client", transmission, NbdMode.SIMPLE, pool);
    }

    /** Waits for room like a client. */
    NbdRequest begin(long cookie) {
        NbdRequest request = queue.begin(0, false, this::newRequest);
        while (request == null) {
            assertFalse(Thread.interrupted());
            Thread.onSpinWait();
            request = queue.begin(0, false, this::newRequest);
        }
        request.begin(cookie, 0);
        request.splitRange(Operation.FLUSH, 0, 0, false, false);
        return request;
    }

    NbdRequest flush(long cookie) {
        NbdRequest request = begin(cookie);
        request.finish(null);
        return request;
    }

    NbdRequest read(long cookie, int length) {
        NbdRequest request = begin(cookie);
        readInto(request, length);
        return request;
    }

    NbdRequest borrowed(ReplyQueue from, long cookie, byte[] bytes, int partBytes) {
        NbdRequest request = Objects.requireNonNull(from.begin(0, false, this::newRequest));
        request.begin(cookie, 0);
        request.splitRange(Operation.READ, 0, bytes.length, false, false);
        lender.lend(bytes, partBytes, request);
        request.finish(null);
        return request;
    }

    static void readInto(NbdRequest request, int length) {
        request.splitRange(Operation.READ, 0, length, false, false);
        request.buffer();
        request.finish(null);
    }
}
