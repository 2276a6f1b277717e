package dev.weir.engine;

import dev.weir.supervision.DaemonThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A serial executor that opens and closes the backend of one drive. A step may block for any time because it delays
 * only later steps of the same drive. See docs/design/decisions/014.
 *
 * <p>Thread-safe.
 */
final class SerialSteps {
    private static final Logger LOG = LoggerFactory.getLogger(SerialSteps.class);

    private final Executor threads;

    /** Completed after the last step so far. Guarded by this. */
    private CompletableFuture<@Nullable Void> last = CompletableFuture.completedFuture(null);

    SerialSteps(Executor threads) {
        this.threads = threads;
    }

    /** Returns the threads for the steps of all drives. Their number grows with the steps that run at a time. */
    static ExecutorService threads() {
        return Executors.newCachedThreadPool(DaemonThreads.numbered("weir-lifecycle"));
    }

    /** Runs a step after all earlier ones. The result completes after the step. */
    synchronized CompletableFuture<@Nullable Void> then(Runnable step) {
        last = last.<@Nullable Void>handleAsync(
                        (before, failure) -> {
                            step.run();
                            return null;
                        },
                        threads)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.error("a backend was not opened or closed", failure);
                    }
                });
        return last;
    }

    synchronized boolean isIdle() {
        return last.isDone();
    }

    /**
     * Waits for steps.
     *
     * @return false if they are incomplete after the timeout or the thread was interrupted
     */
    static boolean await(List<CompletableFuture<@Nullable Void>> steps, long timeoutNanos) {
        try {
            CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).get(timeoutNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            LOG.error("opening or closing a backend failed unexpectedly", e);
            return true;
        }
    }
}
