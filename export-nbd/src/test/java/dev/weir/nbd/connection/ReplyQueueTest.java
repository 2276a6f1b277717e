package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReplyQueueTest extends ReplyQueueFixture {

    @Test
    void writesRepliesAtOnce() {
        queue.add(flush(1), false);

        assertEquals(1, socket.replies(0).size());
        assertTrue(queue.isDone());
    }

    @Test
    void writesCorkedRepliesWithOneCall() {
        queue.cork();
        for (int cookie = 0; cookie < 20; cookie++) {
            queue.add(cookie % 2 == 0 ? flush(cookie) : read(cookie, 512), false);
        }
        assertEquals(0, socket.calls());

        queue.uncork();

        assertEquals(1, socket.calls());
        assertEquals(10 * HEADER + 10 * (HEADER + 512), socket.written().remaining());
        assertAllBack();
    }

    @Test
    void coalescesUntilTheLastCompletion() {
        queue.add(flush(1), true);
        queue.add(flush(2), true);
        assertEquals(0, socket.calls());

        queue.add(flush(3), false);

        assertEquals(1, socket.calls());
        assertEquals(3, socket.replies(0, 0, 0).size());
        assertAllBack();
    }

    @Test
    void writesCoalescedRepliesWithoutTheLast() {
        queue.add(flush(1), true);
        queue.drop(flush(2), false);

        assertEquals(1, socket.replies(0).size());
        assertAllBack();
    }

    @Test
    void writesEarlyWhenTheCorkIsFull() {
        queue.cork();
        queue.add(read(1, ReplyRound.MAX_ROUND_BYTES), false);

        assertEquals(HEADER + ReplyRound.MAX_ROUND_BYTES, socket.written().remaining());
        queue.add(borrowed(queue, 2, new byte[ReplyRound.MAX_ROUND_BYTES], 65_536), false);

        assertEquals(2 * (HEADER + ReplyRound.MAX_ROUND_BYTES), socket.written().remaining());
    }

    /** The client starts with the first replies. A few replies do not cost one call each. */
    @Test
    void corkGrowsWithinABatch() {
        int replyBytes = 4096;
        for (int turn = 0; turn < 2; turn++) {
            List<Integer> early = new ArrayList<>();
            queue.cork();
            for (int cookie = 0; cookie < 128; cookie++) {
                int before = socket.written().remaining();
                queue.add(read(cookie, replyBytes - HEADER), false);
                int bytes = socket.written().remaining() - before;
                if (bytes > 0) {
                    early.add(bytes);
                }
            }
            queue.uncork();

            assertEquals(List.of(8 * replyBytes, 16 * replyBytes, 32 * replyBytes, 64 * replyBytes), early);
            assertEquals(5 * (turn + 1), socket.calls());
            assertAllBack();
        }
    }

    @Test
    void writesManyRepliesInRounds() {
        queue.cork();
        for (int cookie = 0; cookie < 1000; cookie++) {
            queue.add(flush(cookie), false);
        }
        queue.uncork();

        assertEquals(4, socket.calls());
        assertEquals(1000, socket.replies(new int[1000]).size());
        assertAllBack();
    }

    /** The written bytes must not depend on the position at which the socket was full. */
    @Test
    void continuesAfterAFullSocket() {
        for (int room = 0; room < 3 * HEADER + 100; room++) {
            FakeSocket narrow = new FakeSocket().room(room);
            ReplyQueue fresh = narrow.queue(pool);
            fresh.cork();
            NbdRequest data = Objects.requireNonNull(fresh.begin(0, false, this::newRequest));
            data.begin(1, 0);
            readInto(data, 100);
            fresh.add(data, false);
            fresh.add(flush(2), false);
            fresh.add(flush(3), false);
            fresh.uncork();

            assertEquals(1, narrow.awaited());
            fresh.add(flush(4), false);
            assertEquals(room, narrow.written().remaining());
            narrow.room(Long.MAX_VALUE);
            fresh.writeOn();

            assertEquals(Set.of(1L, 2L, 3L, 4L), cookies(narrow.written(), 1, 100));
        }
        assertEquals(0, pool.lent());
    }

    @Test
    void reportsSocketFullOfALongReply() {
        int longBytes = ReplyRound.LONG_REPLY_BYTES;
        socket.room(longBytes);
        queue.cork();
        queue.add(read(1, longBytes / 2), false);
        queue.add(read(2, longBytes), false);
        queue.add(flush(3), false);
        queue.uncork();
        assertEquals(1, socket.awaited());
        assertEquals(1, socket.awaitedLong());

        // the rest of that reply and a part of the next
        socket.room(longBytes);
        queue.add(read(4, longBytes / 2), false);
        queue.writeOn();
        assertEquals(2, socket.awaited());
        assertEquals(1, socket.awaitedLong());

        socket.room(Long.MAX_VALUE);
        queue.writeOn();
        assertAllBack();
    }

    @Test
    void reportsFullSocketBehindShortReplies() {
        socket.room(0);
        queue.add(read(1, 1), false);
        queue.add(borrowed(queue, 2, new byte[ReplyRound.LONG_REPLY_BYTES], 10_000), false);
        queue.add(read(3, 1), false);
        assertEquals(0, socket.awaitedLong());

        socket.room(ReplyRound.LONG_REPLY_BYTES);
        queue.writeOn();
        assertEquals(1, socket.awaitedLong());
        socket.room(Long.MAX_VALUE);
        queue.writeOn();
        assertAllBack();
    }

    /** A reply that TLS has encrypted and the socket has not accepted is not yet written. */
    @Test
    void waitsForTheWire() {
        socket.beLazy(true);
        queue.add(flush(1), false);

        assertEquals(1, socket.awaited());
        assertFalse(queue.isDone());
        socket.beLazy(false);
        queue.writeOn();

        assertEquals(1, socket.replies(0).size());
        assertTrue(queue.isDone());
    }

    @Test
    void otherThreadsWriteABoundedNumber() {
        socket.beForeign();
        queue.cork();
        for (int cookie = 0; cookie < 2 * ReplyQueue.MAX_ROUNDS_ABROAD * ReplyRound.MAX_ROUND_DATA; cookie++) {
            queue.add(read(cookie, 1), false);
        }
        queue.uncork();

        assertEquals(ReplyQueue.MAX_ROUNDS_ABROAD, socket.calls());
        assertEquals(1, socket.awaited());
    }

    @Test
    void brokenSocketDropsEverything() {
        socket.breakDown();

        queue.add(read(1, 512), false);
        queue.add(read(2, 512), false);

        assertInstanceOf(IOException.class, socket.failure());
        assertEquals(1, socket.calls());
        assertAllBack();
    }

    @Test
    void closeDropsCorkedReplies() {
        queue.cork();
        queue.add(read(1, 512), false);
        queue.add(borrowed(queue, 3, new byte[512], 100), false);
        queue.close();
        queue.add(read(2, 512), false);
        queue.add(borrowed(queue, 4, new byte[512], 100), false);
        queue.uncork();

        assertEquals(0, socket.calls());
        assertAllBack();
    }

    @Test
    void closeDropsUnsentReplies() {
        socket.room(10);
        queue.add(read(1, 512), false);
        queue.add(borrowed(queue, 4, new byte[512], 100), false);
        queue.add(read(2, 512), false);

        queue.close();

        assertAllBack();
        queue.writeOn();
        queue.add(read(3, 512), false);
        assertEquals(10, socket.written().remaining());
        assertAllBack();
    }

    @Test
    void reportsWhenIdle() {
        NbdRequest request = flush(1);
        assertFalse(queue.isDone());
        assertEquals(0, socket.roomAgainCount());

        queue.add(request, false);

        assertEquals(1, socket.roomAgainCount());
        assertTrue(queue.isDone());
    }

    /** Many threads complete requests, the socket is full now and then and one thread continues writing. */
    @Test
    void everyReplyIsWrittenOnce() throws Exception {
        int threads = 4;
        int each = 2000;
        Random random = new Random(42);
        socket.room(1);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CountDownLatch running = new CountDownLatch(threads);
        try {
            for (int thread = 0; thread < threads; thread++) {
                int first = thread * each;
                Future<?> unused = executor.submit(() -> {
                    for (int cookie = first; cookie < first + each; cookie++) {
                        NbdRequest request = begin(cookie);
                        request.finish(null);
                        queue.add(request, false);
                    }
                    running.countDown();
                });
            }
            while (running.getCount() > 0 || !queue.isDone()) {
                socket.room(random.nextInt(1000));
                queue.cork();
                queue.writeOn();
                queue.uncork();
            }
        } finally {
            executor.shutdownNow();
        }

        assertEquals(threads * each, cookies(socket.written(), -1, 0).size());
        assertEquals(threads * each * HEADER, socket.written().remaining());
        assertAllBack();
    }

    private static Set<Long> cookies(ByteBuffer written, long withData, int dataBytes) {
        Set<Long> cookies = new HashSet<>();
        while (written.hasRemaining()) {
            long cookie = Reply.takeHeader(written).cookie();
            cookies.add(cookie);
            if (cookie == withData) {
                written.position(written.position() + dataBytes);
            }
        }
        return cookies;
    }
}
