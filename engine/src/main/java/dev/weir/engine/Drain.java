package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * Waits until a drive with lifted limits is idle, the timeout expires or the caller cancels. It then restores the
 * limits.
 *
 * <p>Thread-safe.
 */
final class Drain {
    private static final long LOOK_NANOS = 10_000_000;

    private final Clock clock;
    private final Executor threads;
    private final BooleanSupplier idle;
    private final Runnable restore;
    private final long deadline;
    private final Timer timer;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    Drain(Clock clock, Executor threads, BooleanSupplier idle, Runnable restore, long timeoutNanos) {
        this.clock = clock;
        this.threads = threads;
        this.idle = idle;
        this.restore = restore;
        deadline = clock.nanoTime() + timeoutNanos;
        timer = clock.timer(() -> this.threads.execute(this::look));
    }

    CompletableFuture<Boolean> start() {
        look();
        return done;
    }

    private void look() {
        long now = clock.nanoTime();
        boolean isIdle = idle.getAsBoolean();
        if (isIdle || done.isDone() || now - deadline >= 0) {
            restore.run();
            done.complete(isIdle);
        } else {
            timer.arm(now + LOOK_NANOS);
        }
    }
}
