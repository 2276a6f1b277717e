package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.protocol.ReplyWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts the processor time of the loop, which other processes do not affect. */
@Timeout(60)
class EventLoopTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int TURNS = 200;

    private final TickTimer timer = TickTimer.start("ticks-test");
    private final EventLoop loop;

    EventLoopTest() throws IOException {
        loop = EventLoop.start("loop-test", new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES), timer);
    }

    @AfterEach
    void stop() {
        loop.stop();
        timer.close();
    }

    @Test
    void spinsWhenMoreIsExpected() throws Exception {
        spentNanos(() -> {}); // the first turns take longer
        assertTrue(spentNanos(() -> {}) + TURNS / 2 * EventLoop.EXPECT_MORE_NANOS < spentNanos(loop::expectMore));
    }

    @Test
    void spinsOncePerRequest() throws Exception {
        spentNanos(() -> {}); // the first turns take longer
        long usual = spentNanos(() -> {});
        loop.execute(loop::expectMore);
        assertTrue(spentNanos(() -> {}) < usual + TURNS / 2 * EventLoop.EXPECT_MORE_NANOS);
    }

    /** Returns the processor time of repeated executions of a task with sleeps in between (ns). */
    private long spentNanos(Runnable task) throws Exception {
        long begun = processorNanos();
        for (int i = 0; i < TURNS; i++) {
            loop.execute(task);
            Thread.sleep(1);
        }
        return processorNanos() - begun;
    }

    /** Returns the processor time of the loop's thread so far (ns). */
    private long processorNanos() throws Exception {
        CompletableFuture<Long> nanos = new CompletableFuture<>();
        loop.execute(() -> nanos.complete(THREADS.getCurrentThreadCpuTime()));
        return nanos.get();
    }
}
