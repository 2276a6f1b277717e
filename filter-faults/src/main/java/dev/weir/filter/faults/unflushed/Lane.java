package dev.weir.filter.faults.unflushed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs asynchronous steps one after another. A step that ends inside of its start does not grow the stack.
 *
 * <p>Thread-safe. Steps run without a lock.
 */
final class Lane {

    /** An asynchronous step. */
    interface Step {
        /**
         * Starts the step.
         *
         * @param end must run once, at the end, on any thread
         */
        void start(Runnable end);

        /** Ends a step that was never started. */
        void reject();
    }

    // guarded by itself
    private final Queue<Step> steps = new ArrayDeque<>(0);

    /** Whether a step runs. Guarded by {@link #steps}. */
    private boolean isBusy;

    void add(Step step) {
        synchronized (steps) {
            steps.add(step);
            if (isBusy) {
                return;
            }
            isBusy = true;
        }
        run();
    }

    private void run() {
        for (; ; ) {
            Step step;
            synchronized (steps) {
                step = steps.poll();
                if (step == null) {
                    isBusy = false;
                    return;
                }
            }
            // the later of both, the end of the step and the return from its start, goes on
            AtomicInteger arrived = new AtomicInteger();
            step.start(() -> {
                if (arrived.getAndIncrement() == 1) {
                    run();
                }
            });
            if (arrived.getAndIncrement() == 0) {
                return;
            }
        }
    }

    /** Rejects the steps that wait. The one that runs goes on. */
    void reject() {
        List<Step> waiting;
        synchronized (steps) {
            waiting = new ArrayList<>(steps);
            steps.clear();
        }
        waiting.forEach(Step::reject);
    }
}
