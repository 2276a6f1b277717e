package dev.weir.clock;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Monotonic time and timers. The engine reads the time from this service only, so a test that replaces the clock
 * controls all waiting.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface Clock {

    /**
     * {@return the current time (ns) since an arbitrary origin} May be negative and may wrap around: compare two
     * times by the sign of their difference. Never goes back.
     */
    long nanoTime();

    /**
     * {@return a new disarmed timer}
     *
     * @param task runs on the clock's thread when the timer fires; must not block and must not throw
     */
    Timer timer(Runnable task);
}
