package dev.weir.engine.clock;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Retries a failed step with exponential backoff from one second to one minute.
 *
 * <p>Thread-safe.
 */
public final class RetryTimer {
    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;

    /** The longest pause (ns). */
    public static final long LONGEST_PAUSE_NANOS = 60 * FIRST_PAUSE_NANOS;

    private final Clock clock;
    private final Runnable step;

    /** Made for the first retry. */
    private @Nullable Timer timer;

    /** Zero while no retry is pending. */
    private long pauseNanos;

    /**
     * Creates a retry that is not pending.
     *
     * @param clock the source of time and timers
     * @param step called on the clock's thread; must not block
     */
    public RetryTimer(Clock clock, Runnable step) {
        this.clock = clock;
        this.step = step;
    }

    /** Plans the next try and doubles the pause. */
    public synchronized void later() {
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, Math.max(FIRST_PAUSE_NANOS, 2 * pauseNanos));
        if (timer == null) {
            timer = clock.timer(this::fire);
        }
        timer.arm(clock.nanoTime() + pauseNanos);
    }

    private void fire() {
        again(); // before the step, so that a step that throws is retried too
        step.run();
    }

    private synchronized void again() {
        if (pauseNanos > 0 && timer != null) {
            timer.arm(clock.nanoTime() + LONGEST_PAUSE_NANOS);
        }
    }

    /** Cancels the pending retry and resets the pause. */
    public synchronized void reset() {
        pauseNanos = 0;
        if (timer != null) {
            timer.disarm();
        }
    }

    /** Returns whether a retry is planned. */
    public synchronized boolean isPending() {
        return pauseNanos > 0;
    }
}
