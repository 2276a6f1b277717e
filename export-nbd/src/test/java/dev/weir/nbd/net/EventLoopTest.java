package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.protocol.ReplyWriter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts the polls of a loop whose processor time advances with each look at it, so that no other load counts. */
@Timeout(60)
class EventLoopTest {
    /** The processor time that a poll seems to take (ns). */
    private static final long POLL_NANOS = 1_000;

    /** The looks at the processor time while the loop expects more: one at the begin and one after each poll. */
    private static final int LOOKS = 1 + (int) (EventLoop.EXPECT_MORE_NANOS / POLL_NANOS);

    private final AtomicInteger looks = new AtomicInteger();

    /** Has a permit for each completed poll phase. */
    private final Semaphore polled = new Semaphore(0);

    private final TickTimer timer = TickTimer.start("ticks-test");
    private final EventLoop loop;

    EventLoopTest() throws IOException {
        BufferPool pool = new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES);
        loop = EventLoop.start("loop-test", pool, timer, this::processorNanos);
    }

    @AfterEach
    void stop() {
        loop.stop();
        timer.close();
    }

    private long processorNanos() {
        int look = looks.incrementAndGet();
        if (look % LOOKS == 0) {
            polled.release();
        }
        return look * POLL_NANOS;
    }

    @Test
    void sleepsAtOnceUnlessMoreIsExpected() throws Exception {
        takeTurns();
        assertEquals(0, looks.get());
    }

    @Test
    void pollsWhenMoreIsExpected() throws Exception {
        for (int phase = 1; phase <= 3; phase++) {
            loop.execute(loop::expectMore);
            polled.acquire();
            takeTurns();
            assertEquals(phase * LOOKS, looks.get());
        }
    }

    @Test
    void otherLoopsPollAlong() throws Exception {
        AtomicLong otherLooks = new AtomicLong();
        BufferPool pool = new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES);
        EventLoop other = EventLoop.start("other-test", pool, timer, otherLooks::incrementAndGet);
        try {
            other.busyPoll(10_000, List.of());
            loop.busyPoll(1, List.of(loop, other));
            for (int request = 0; request < 100 && otherLooks.get() < 10_000; request++) {
                loop.execute(loop::tookRequests);
                Thread.sleep(10);
            }
            assertTrue(otherLooks.get() >= 10_000, "looks at its processor time: " + otherLooks);
        } finally {
            other.stop();
        }
    }

    /** Lets the loop take turns without work. */
    private void takeTurns() throws Exception {
        for (int turn = 0; turn < 10; turn++) {
            CompletableFuture<Void> run = new CompletableFuture<>();
            loop.execute(() -> run.complete(null));
            run.get();
        }
    }
}
