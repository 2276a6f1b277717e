package dev.weir.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after the other, in the order in which they come, on one thread of others at a time.
 *
 * <p>Thread-safe. A task must not throw.
 */
final class InTurn implements Executor {
    private final Executor threads;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();

    InTurn(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
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

    private void run() {
        do {
            tasks.remove().run();
        } while (unfinished.decrementAndGet() > 0);
    }
}
