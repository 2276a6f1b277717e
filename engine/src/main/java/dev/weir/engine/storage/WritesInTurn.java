package dev.weir.engine.storage;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.clock.Clock;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Executes writes in the order of arrival on one worker at a time. Completes fast writes in batches because a client
 * that receives several replies at once sends several requests at once. See docs/design/decisions/019.
 *
 * <p>Thread-safe.
 */
final class WritesInTurn {
    /** The largest batch of completions. */
    static final int MAX_TOGETHER = 16;

    /** The age of a batch after which it is completed before the next write. */
    static final long MAX_LATE_NANOS = 100_000;

    /** Completes a write. Must not throw. */
    interface Completion {
        /**
         * Completes a write.
         *
         * @param moreFollow whether the completion of another write of the same client follows at once
         */
        void complete(BlockRequest request, @Nullable BlockError error, boolean moreFollow);
    }

    private final Executor threads;
    private final Clock clock;
    private final Function<BlockRequest, @Nullable BlockError> write;
    private final Completion completion;
    private final Queue<BlockRequest> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();

    /** Executed writes that are not completed. This and the fields below belong to the writing thread. */
    private final @Nullable BlockRequest[] done = new @Nullable BlockRequest[MAX_TOGETHER];

    private final @Nullable BlockError[] errors = new @Nullable BlockError[MAX_TOGETHER];

    /**
     * Creates an idle executor.
     *
     * @param threads runs the writes
     * @param write executes one write; must not throw
     */
    WritesInTurn(
            Executor threads, Clock clock, Function<BlockRequest, @Nullable BlockError> write, Completion completion) {
        this.threads = threads;
        this.clock = clock;
        this.write = write;
        this.completion = completion;
    }

    void add(BlockRequest request) {
        waiting.add(request);
        if (unfinished.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            threads.execute(this::run);
        } catch (OutOfMemoryError e) {
            run(); // no thread available: other writes may already be queued behind this one and need a thread
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield
    private void run() {
        int count;
        do {
            count = writeSome();
            completeAll(count);
            if (unfinished.get() == count) {
                Thread.yield(); // lets a client that waits for a core send more; see docs/design/decisions/019
            }
        } while (unfinished.addAndGet(-count) > 0);
    }

    private int writeSome() {
        int count = 0;
        long begin = clock.nanoTime();
        long now = begin;
        for (BlockRequest next = waiting.poll();
                next != null;
                next = isEnough(count, now - begin) ? null : waiting.poll()) {
            errors[count] = write.apply(next);
            now = clock.nanoTime();
            done[count++] = next;
        }
        return count;
    }

    private static boolean isEnough(int count, long sinceNanos) {
        return count == MAX_TOGETHER || sinceNanos >= MAX_LATE_NANOS;
    }

    private void completeAll(int count) {
        for (int i = 0; i < count; i++) {
            BlockRequest request = Objects.requireNonNull(done[i]);
            BlockRequest next = i + 1 < count ? done[i + 1] : null;
            boolean moreFollow = next != null && next.client() == request.client();
            done[i] = null;
            completion.complete(request, errors[i], moreFollow);
        }
    }
}
