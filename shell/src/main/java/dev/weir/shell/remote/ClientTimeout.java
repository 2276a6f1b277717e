package dev.weir.shell.remote;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The timeout for a client to send its request or to read a frame.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
interface ClientTimeout {

    /**
     * Runs a task at the timeout. Cancelling the returned future prevents it. Runs the task at once if the timeout is
     * closed.
     */
    Future<?> whenOver(Runnable task);

    /** Discards all scheduled tasks. Later tasks run at once. */
    default void close() {}

    /** Returns a timeout of the given duration. */
    static ClientTimeout of(Duration duration, ThreadFactory threads) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, threads);
        executor.setRemoveOnCancelPolicy(true);
        return new ClientTimeout() {
            @Override
            public Future<?> whenOver(Runnable task) {
                try {
                    return executor.schedule(task, duration.toNanos(), TimeUnit.NANOSECONDS);
                } catch (RejectedExecutionException e) {
                    // the timeout is closed, so all waiting ends now
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
