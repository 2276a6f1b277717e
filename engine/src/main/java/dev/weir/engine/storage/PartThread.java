package dev.weir.engine.storage;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.supervision.DaemonThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread of a device or filter whose bundle does not promise to return at once. It makes all calls that would
 * otherwise run on an event loop or on the thread of the clock, in their order. A call that never returns then stops
 * one drive only. The thread starts on demand and ends when idle. See docs/design/decisions/036-answers-of-devices.md.
 *
 * <p>Thread-safe.
 */
final class PartThread {
    private static final long KEEP_ALIVE_SECONDS = 5;

    /** The age from which a call counts as stuck (s). */
    private static final long STUCK_SECONDS = 1;

    private final Clock clock;
    private final ExecutorService thread;

    /** Guarded by this, as is the time of its begin (ns). */
    private boolean calling;

    private long begun;

    PartThread(String drive, Clock clock) {
        this.clock = clock;
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1,
                1,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.numbered("weir-" + drive + "-part"));
        one.allowCoreThreadTimeOut(true);
        thread = one;
    }

    /**
     * Makes a call after all earlier ones.
     *
     * @throws java.util.concurrent.RejectedExecutionException after {@link #close}
     * @throws OutOfMemoryError if the system refuses the thread
     */
    void call(Runnable call) {
        thread.execute(() -> {
            begin();
            try {
                call.run();
            } finally {
                end();
            }
        });
    }

    private synchronized void begin() {
        calling = true;
        begun = clock.nanoTime();
    }

    private synchronized void end() {
        calling = false;
    }

    /** Returns whether and since when a call has not returned, in words; empty if none is late. */
    synchronized String condition() {
        long seconds = calling ? TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - begun) : 0;
        return seconds < STUCK_SECONDS ? "" : "a call has not returned for " + seconds + " s; it must not block";
    }

    /** Returns a clock whose timers run their tasks on this thread. */
    Clock clock() {
        return new Clock() {
            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }

            @Override
            public Timer timer(Runnable task) {
                return clock.timer(() -> callUntilClosed(task));
            }
        };
    }

    /** Makes a call. After the end of the part it is dropped, as by a disarmed timer. */
    private void callUntilClosed(Runnable task) {
        try {
            call(task);
        } catch (RejectedExecutionException e) {
            // a closed part holds no request
        }
    }

    /** Ends the thread after the calls that wait. */
    void close() {
        thread.shutdown();
    }
}
