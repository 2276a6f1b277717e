package dev.weir.clock;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Monotonic time and the timers that wait for it. The engine reads the time here and nowhere else, so a
 * test that replaces the clock replaces the waiting too.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface Clock {

    /**
     * {@return the current time in nanoseconds since an arbitrary origin} It may be negative and may wrap
     * around, so two times are compared by the sign of their difference. Never goes back.
     */
    long nanoTime();

    /**
     * {@return a new timer, not armed}
     *
     * @param task what to run when the timer fires; it runs on the clock's own thread, must not block and
     *     must not throw
     */
    Timer timer(Runnable task);
}
