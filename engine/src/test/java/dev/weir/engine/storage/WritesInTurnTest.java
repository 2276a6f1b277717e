package dev.weir.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.engine.TestRequest;
import dev.weir.testkit.clock.ManualClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WritesInTurnTest {
    private static final long WRITE_NANOS = 1_000;

    private final ManualClock clock = ManualClock.seeded(1);
    private final Queue<Runnable> started = new ArrayDeque<>();
    private final WritesInTurn writes = on(started::add);

    /**
     * The events: {@code 3} is the write at 3 and {@code 3.} is its completion. The completion {@code 3,} announces
     * another.
     */
    private final List<String> log = new ArrayList<>();

    private Runnable meanwhile = () -> {};
    private long writeNanos = WRITE_NANOS;

    /** The moment of the last completion. */
    private long idleAt;

    /** The yields of the worker so far. Each takes a microsecond. */
    private int yields;

    /** Called at each yield with the number of yields. */
    private IntConsumer onYield = count -> {};

    private WritesInTurn on(Executor threads) {
        return new WritesInTurn(threads, clock, this::write, this::completed, this::yieldOnce);
    }

    private void yieldOnce() {
        clock.advance(1_000);
        onYield.accept(++yields);
    }

    /** Makes the writer idle and submits the next write after that time. */
    private void pause(long nanos) {
        add(1, 1);
        run();
        clock.advance(nanos - (clock.nanoTime() - idleAt));
        yields = 0;
        add(2, 2);
    }

    private @Nullable BlockError write(BlockRequest request) {
        log.add(String.valueOf(request.offset()));
        clock.advance(writeNanos);
        Runnable once = meanwhile;
        meanwhile = () -> {};
        once.run();
        return request.offset() == 13 ? BlockError.EIO : null;
    }

    private void completed(BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        idleAt = clock.nanoTime();
        log.add(request.offset() + (error == null ? "" : error.toString()) + (moreFollow ? "," : "."));
    }

    private void add(int first, int last) {
        add(writes, "guest", first, last);
    }

    private static void add(WritesInTurn to, String client, int first, int last) {
        for (int offset = first; offset <= last; offset++) {
            to.add(new TestRequest(client, Operation.WRITE, offset, 1, request -> {}));
        }
    }

    private String run() {
        assertEquals(1, started.size());
        started.remove().run();
        assertEquals(0, started.size());
        String all = String.join(" ", log);
        log.clear();
        return all;
    }

    @Test
    void oneThreadDrainsTheQueue() {
        meanwhile = () -> add(3, 3);
        add(1, 2);
        assertEquals("1 2 3 1, 2, 3.", run());

        add(4, 4);
        assertEquals("4 4.", run());
    }

    @Test
    void completionBatchesAreBounded() {
        add(1, WritesInTurn.MAX_TOGETHER + 1);
        assertEquals(
                "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13EIO, 14, 15, 16. 17 17.",
                run());
    }

    @Test
    void doneWritesDoNotWaitForSlowOnes() {
        writeNanos = WritesInTurn.MAX_LATE_NANOS / 2;
        add(1, 3);
        assertEquals("1 2 1, 2. 3 3.", run());
    }

    @Test
    void lastCompletionOfAClientIsMarked() {
        add(writes, "one", 1, 2);
        add(writes, "other", 3, 4);
        add(writes, "one", 5, 5);
        assertEquals("1 2 3 4 5 1, 2. 3, 4. 5.", run());
    }

    @Test
    void runsInlineWithoutAThread() {
        WritesInTurn alone = on(task -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        add(alone, "guest", 1, 2);
        assertEquals(List.of("1", "1.", "2", "2."), log);
    }

    @Test
    void workerPollsForAQuickClient() {
        pause(WritesInTurn.POLL_NANOS - 1);
        onYield = count -> {
            if (count == 7) {
                add(3, 3);
            }
        };
        assertEquals("2 2. 3 3.", run());
        assertEquals(7 + WritesInTurn.POLL_NANOS / 1_000, yields);
    }

    @Test
    void workerYieldsOnceForASlowClient() {
        pause(WritesInTurn.POLL_NANOS);
        assertEquals("2 2.", run());
        assertEquals(1, yields);
    }

    @Test
    void failedPollsEndPolling() {
        pause(WritesInTurn.POLL_NANOS - 1);
        run();
        assertEquals(WritesInTurn.POLL_NANOS / 1_000, yields);
        yields = 0;
        add(3, 3); // right after the poll, so the pause was longer than a poll
        run();
        assertEquals(1, yields);
    }
}
