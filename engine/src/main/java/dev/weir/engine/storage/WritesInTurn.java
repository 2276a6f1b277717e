package dev.weir.engine.storage;

import dev.weir.block.BlockError;
import dev.weir.clock.Clock;
import dev.weir.drive.DriveRequest;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Does writes one after the other, in the order in which they come, on one thread of others at a time, and completes
 * a few of them together, if they are fast: a client that is told of many at once sends as many at once.
 *
 * <p>Thread-safe.
 */
final class WritesInTurn {
    /** How many are completed together at most. */
    static final int MAX_TOGETHER = 16;

    /** For how long no more are done before those that are done are completed. */
    static final long MAX_LATE_NANOS = 100_000;

    /** Completes a write. Must not throw. */
    interface Completion {
        /**
         * Completes a write.
         *
         * @param nanos how long it took from when it came
         * @param moreFollow whether another one of the same client follows at once
         */
        void complete(DriveRequest request, @Nullable BlockError error, long nanos, boolean moreFollow);
    }

    private record Write(DriveRequest request, long begun) {}

    private final Executor threads;
    private final Clock clock;
    private final Function<DriveRequest, @Nullable BlockError> write;
    private final Completion completion;
    private final Queue<Write> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();

    /** What has been done and is not completed. Belongs to the thread that does the writes, as is all below. */
    private final @Nullable Write[] done = new @Nullable Write[MAX_TOGETHER];

    private final @Nullable BlockError[] errors = new @Nullable BlockError[MAX_TOGETHER];
    private final long[] nanos = new long[MAX_TOGETHER];

    /**
     * Does nothing yet.
     *
     * @param threads where writes are done
     * @param write does one, and must not throw
     */
    WritesInTurn(
            Executor threads, Clock clock, Function<DriveRequest, @Nullable BlockError> write, Completion completion) {
        this.threads = threads;
        this.clock = clock;
        this.write = write;
        this.completion = completion;
    }

    void add(DriveRequest request) {
        waiting.add(new Write(request, clock.nanoTime()));
        if (unfinished.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            threads.execute(this::run);
        } catch (OutOfMemoryError e) {
            run(); // no thread to be had; others may have come behind this one, and nobody else would run them
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield
    private void run() {
        int count;
        do {
            count = writeSome();
            completeAll(count);
            if (unfinished.get() == count) {
                Thread.yield(); // a client that waits for the processor may have more to send: decision 019
            }
        } while (unfinished.addAndGet(-count) > 0);
    }

    private int writeSome() {
        int count = 0;
        long begin = clock.nanoTime();
        long now = begin;
        for (Write next = waiting.poll(); next != null; next = isEnough(count, now - begin) ? null : waiting.poll()) {
            errors[count] = write.apply(next.request);
            now = clock.nanoTime();
            nanos[count] = now - next.begun;
            done[count++] = next;
        }
        return count;
    }

    private static boolean isEnough(int count, long sinceNanos) {
        return count == MAX_TOGETHER || sinceNanos >= MAX_LATE_NANOS;
    }

    private void completeAll(int count) {
        for (int i = 0; i < count; i++) {
            DriveRequest request = Objects.requireNonNull(done[i]).request;
            Write next = i + 1 < count ? done[i + 1] : null;
            boolean moreFollow = next != null && next.request.client() == request.client();
            done[i] = null;
            completion.complete(request, errors[i], nanos[i], moreFollow);
        }
    }
}
