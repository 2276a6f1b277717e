package dev.weir.shell.remote;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * How long is waited for a client: to ask, or to take a part of its answer.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
interface ClientTimeout {

    /** Runs a task when this has lasted long enough, unless what is returned is cancelled before. */
    Future<?> whenOver(Runnable task);

    /** Ends what waits; it lasts no time from then on. */
    default void close() {}

    /** Returns one that lasts so long. */
    static ClientTimeout of(Duration duration, ThreadFactory threads) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, threads);
        executor.setRemoveOnCancelPolicy(true);
        return new ClientTimeout() {
            @Override
            public Future<?> whenOver(Runnable task) {
                try {
                    return executor.schedule(task, duration.toNanos(), TimeUnit.NANOSECONDS);
                } catch (RejectedExecutionException e) {
                    // closed: nobody is waited for any more
                    task.run();
                    return CompletableFuture.completedFuture(null);
                }
            }

            @Override
            public void close() {
                executor.shutdownNow();
            }
        };
    }
}
