package dev.weir.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes the backend of one drive, one after the other, where that may take as long as it needs. One that
 * never ends holds up nothing but its own drive.
 *
 * <p>Thread-safe.
 */
final class SerialSteps {
    private static final Logger log = LoggerFactory.getLogger(SerialSteps.class);

    private final Executor threads;

    /** The step that is to be done last. Guarded by this. */
    private CompletableFuture<@Nullable Void> last = CompletableFuture.completedFuture(null);

    SerialSteps(Executor threads) {
        this.threads = threads;
    }

    /** Returns the threads on which all drives take their steps: as many as there are steps at a time. */
    static ExecutorService threads() {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "weir-lifecycle-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Takes a step when all those before have been taken, and returns what is completed then. */
    synchronized CompletableFuture<@Nullable Void> then(Runnable step) {
        last = last.<@Nullable Void>handleAsync(
                        (before, failure) -> {
                            step.run();
                            return null;
                        },
                        threads)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.error("a backend was not opened or closed", failure);
                    }
                });
        return last;
    }

    synchronized boolean isIdle() {
        return last.isDone();
    }
}
