package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;

/**
 * Repeats a step that failed, after pauses that double from one second to one minute.
 *
 * <p>Thread-safe.
 */
final class Retry {
    static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    static final long LONGEST_PAUSE_NANOS = 60 * FIRST_PAUSE_NANOS;

    private final Clock clock;
    private final Timer timer;

    /** Zero while no retry is pending. */
    private long pauseNanos;

    /**
     * @param step is called on the clock's thread, and must not block
     */
    Retry(Clock clock, Runnable step) {
        this.clock = clock;
        timer = clock.timer(() -> {
            again(); // first, so that a step that cannot be taken is not the last
            step.run();
        });
    }

    /** Plans the next try. */
    synchronized void later() {
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, Math.max(FIRST_PAUSE_NANOS, 2 * pauseNanos));
        timer.arm(clock.nanoTime() + pauseNanos);
    }

    private synchronized void again() {
        if (pauseNanos > 0) {
            timer.arm(clock.nanoTime() + LONGEST_PAUSE_NANOS);
        }
    }

    /** Plans no more tries; the next pause is the first again. */
    synchronized void reset() {
        pauseNanos = 0;
        timer.disarm();
    }

    synchronized boolean isPending() {
        return pauseNanos > 0;
    }
}
