package dev.weir.clock;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Runs its task once, at or after a moment and never before it.
 *
 * <p>Thread-safe. A timer that is armed or disarmed while it fires may still run its task for the earlier moment. A
 * task therefore checks the clock and its own state.
 *
 * <p>A timer needs no disposal: a disarmed one is garbage once its owner drops it. Arming takes O(log timers), so one
 * timer for each held request is fine up to thousands. One timer for the earliest moment is cheaper. A task that throws
 * is logged and run again after 100 ms.
 */
@ConsumerType
public interface Timer {

    /**
     * Arms the timer. Replaces the moment for which it was armed before.
     *
     * @param due the moment in nanoseconds of {@link Clock#nanoTime()}; a past moment fires at once on the thread of
     *     the clock, never inside this call
     */
    void arm(long due);

    /** Disarms the timer. Does nothing if it is not armed. */
    void disarm();
}
