package dev.weir.clock;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Runs its task once at or after a moment, never before it.
 *
 * <p>Thread-safe. A timer that is armed or disarmed while it fires may still run its task for the earlier
 * moment, so a task looks at the clock and at its own state and not at the fact that it was called.
 */
@ConsumerType
public interface Timer {

    /**
     * Arms the timer, replacing the moment it was armed for before.
     *
     * @param due when to fire, in the nanoseconds of {@link Clock#nanoTime()}; at once if it is past
     */
    void arm(long due);

    /** Disarms the timer; nothing happens if it is not armed. */
    void disarm();
}
