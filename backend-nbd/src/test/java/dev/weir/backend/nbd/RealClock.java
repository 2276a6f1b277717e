package dev.weir.backend.nbd;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The machine's clock for tests with real servers. */
final class RealClock implements Clock, AutoCloseable {
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer timer(Runnable task) {
        return new Timer() {
            private @Nullable ScheduledFuture<?> armed;

            @Override
            public synchronized void arm(long due) {
                disarm();
                armed = timers.schedule(task, due - nanoTime(), TimeUnit.NANOSECONDS);
            }

            @Override
            public synchronized void disarm() {
                if (armed != null) {
                    armed.cancel(false);
                }
            }
        };
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
