package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.nbd.protocol.RequestError;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replies with data that a backend lends. */
@Timeout(60)
class ReplyLoanTest extends ReplyQueueFixture {

    /** Lent data follows its header in one call. The loan is returned after the write and not before. */
    @Test
    void writesAndReturnsLoans() {
        byte[] bytes = new byte[10_000];
        new Random(1).nextBytes(bytes);
        for (int room = 0; room < 2 * HEADER + 2 * bytes.length; room += 333) {
            FakeSocket narrow = new FakeSocket().room(room);
            ReplyQueue fresh = narrow.queue(pool);
            fresh.cork();
            fresh.add(borrowed(fresh, 1, bytes, 3_000), false);
            fresh.add(borrowed(fresh, 2, bytes, bytes.length), false);
            assertEquals(5, lender.lent());
            fresh.uncork();

            assertEquals(5, lender.lent());
            narrow.room(Long.MAX_VALUE);
            fresh.writeOn();
            assertEquals(List.of(Reply.ok(1, bytes), Reply.ok(2, bytes)), narrow.replies(bytes.length, bytes.length));
            assertEquals(0, lender.lent());
        }
        assertAllBack();
    }

    @Test
    void writesAnyNumberOfPartsAtOnce() {
        byte[] bytes = new byte[NbdRequest.MIN_BORROWED_BYTES];
        queue.add(borrowed(queue, 1, bytes, 10), false);

        assertEquals(1, socket.calls());
        assertEquals(List.of(Reply.ok(1, bytes)), socket.replies(bytes.length));
        assertAllBack();
    }

    @Test
    void incompleteLoanIsReturned() {
        NbdRequest request = begin(1);
        request.splitRange(Operation.READ, 0, 20_000, false, false);
        assertTrue(request.borrows());
        lender.lend(new byte[100], 30, request);
        assertEquals(20_000, request.buffer().remaining());
        assertEquals(0, lender.lent());
        request.finish(null);
        queue.add(request, false);

        assertEquals(HEADER + 20_000, socket.written().remaining());
        assertAllBack();
    }

    @Test
    void failedReadReturnsItsLoans() {
        NbdRequest request = borrowed(queue, 1, new byte[20_000], 9_000);
        request.finish(RequestError.NO_MEMORY);
        queue.add(request, false);

        assertEquals(HEADER, socket.written().remaining());
        assertAllBack();
    }

    @Test
    void shortReadsDoNotBorrow() {
        NbdRequest request = begin(1);
        request.splitRange(Operation.READ, 0, NbdRequest.MIN_BORROWED_BYTES - 1, false, false);
        assertFalse(request.borrows());
        request.finish(RequestError.NO_MEMORY);
        queue.add(request, false);
    }
}
