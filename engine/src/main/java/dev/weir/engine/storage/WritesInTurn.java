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
 * that receives several replies at once sends several requests at once. A worker without writes polls for a moment if
 * its client has been quick so far. See docs/design/decisions/019 and 060.
 *
 * <p>Thread-safe.
 */
final class WritesInTurn {
    /** The largest batch of completions. */
    static final int MAX_TOGETHER = 16;

    /** The age of a batch after which it is completed before the next write. */
    static final long MAX_LATE_NANOS = 100_000;

    /** The longest poll for the next write (ns). */
    static final long POLL_NANOS = 50_000;

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
    private final Runnable yield;

    /** When the worker last ran out of writes (ns). Written before {@link #unfinished} falls to 0. */
    private long idleSince;

    /** Whether the worker polls. Written before it starts. */
    private boolean polls;

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
        this(threads, clock, write, completion, Thread::yield);
    }

    /**
     * Creates an idle executor with its own way to yield.
     *
     * @param yield lets other threads run between two polls
     */
    WritesInTurn(
            Executor threads,
            Clock clock,
            Function<BlockRequest, @Nullable BlockError> write,
            Completion completion,
            Runnable yield) {
        this.yield = yield;
        idleSince = clock.nanoTime() - POLL_NANOS;
        this.threads = threads;
        this.clock = clock;
        this.write = write;
        this.completion = completion;
    }

    void add(BlockRequest request) {
        waiting.add(request);
        if (unfinished.getAndIncrement() == 0) {
            polls = clock.nanoTime() - idleSince < POLL_NANOS;
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

    private void run() {
        int count;
        do {
            count = writeSome();
            completeAll(count);
            awaitMore(count);
        } while (unfinished.addAndGet(-count) > 0);
    }

    /**
     * Yields to a client that needs a core to send more (see docs/design/decisions/019). Polls for its next write if
     * the previous pause between two writes was shorter than a poll (see docs/design/decisions/060).
     */
    private void awaitMore(int count) {
        if (unfinished.get() > count) {
            return;
        }
        idleSince = clock.nanoTime();
        do {
            yield.run();
        } while (polls && unfinished.get() == count && clock.nanoTime() - idleSince < POLL_NANOS);
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
