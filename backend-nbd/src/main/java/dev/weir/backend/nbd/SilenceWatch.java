package dev.weir.backend.nbd;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.concurrent.Executor;

/**
 * The timeout of a server that gives no sign of life while requests are outstanding.
 *
 * <p>Confined to the thread of the loop.
 */
final class SilenceWatch {
    private final Clock clock;
    private final long timeoutNanos;
    private final Runnable onTimeout;
    private final Timer timer;
    private int outstanding;
    private long silentSince;
    private boolean armed;

    /**
     * Makes a watch without outstanding requests.
     *
     * @param loop runs the action on its thread
     * @param timeoutNanos the longest silence (ns); 0 for no timeout
     * @param onTimeout called after the longest silence
     */
    SilenceWatch(Clock clock, Executor loop, long timeoutNanos, Runnable onTimeout) {
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
        this.onTimeout = onTimeout;
        timer = clock.timer(() -> loop.execute(this::check));
    }

    /** Counts a request in. The silence begins with the first one. */
    void begin() {
        if (outstanding++ == 0) {
            silentSince = clock.nanoTime();
            arm();
        }
    }

    /** Counts requests out. */
    void end(int requests) {
        outstanding -= requests;
    }

    /** Notes a sign of life of the server. */
    void progress() {
        silentSince = clock.nanoTime();
    }

    private void arm() {
        if (timeoutNanos > 0 && !armed) {
            armed = true;
            timer.arm(silentSince + timeoutNanos);
        }
    }

    private void check() {
        armed = false;
        if (outstanding == 0) {
            return;
        }
        if (clock.nanoTime() - silentSince < timeoutNanos) {
            arm();
        } else {
            onTimeout.run();
        }
    }

    void close() {
        timer.disarm();
    }
}
