package dev.weir.engine.clock;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.log.FailureText;
import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.Supervision;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine's monotonic clock and the thread that fires all its timers. The thread sleeps in {@link PunctualSleep}
 * until the earliest timer is due. An earlier timer wakes it. A timer fires within microseconds of its due time, never
 * before it.
 *
 * <p>Thread-safe.
 */
@Component(service = Clock.class, immediate = true)
public final class SystemClock implements Clock, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SystemClock.class);

    /** Pause before a timer whose task failed fires again. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Guards the heap and its timers. */
    private final Object lock = new Object();

    private final TimerHeap<HeapTimer> heap = new TimerHeap<>();
    private final Thread thread = Supervision.thread("weir-timer", this::turn, LOG::error);
    private final PunctualSleep sleep = new PunctualSleep(this::nanoTime, nanos -> LockSupport.parkNanos(this, nanos));
    private final RateLimitedLog failures = new RateLimitedLog("failed timers", LOG::error);
    private boolean isSlackSet;
    private volatile boolean closed;

    /** Starts the thread that fires timers. */
    @Activate
    public void start() {
        thread.start();
    }

    @Override
    @SuppressWarnings("TimeUnitMismatch") // this is where time comes from
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer timer(Runnable task) {
        return new HeapTimer(task);
    }

    /** Stops firing timers. */
    @Override
    @Deactivate
    public void close() {
        closed = true;
        wake();
    }

    private void wake() {
        sleep.wake();
        LockSupport.unpark(thread);
    }

    private boolean turn() {
        if (!isSlackSet) {
            isSlackSet = true;
            TimerSlack.minimize();
        }
        sleep.prepare();
        HeapTimer first;
        long due = 0;
        boolean isDue = false;
        synchronized (lock) {
            first = heap.first();
            if (first != null) {
                due = first.due;
                isDue = due - nanoTime() <= 0;
                if (isDue) {
                    heap.remove(first);
                }
            }
        }
        if (first == null) {
            LockSupport.park(this);
        } else if (isDue) {
            fire(first);
        } else {
            sleep.until(due);
        }
        return !closed;
    }

    /** Fires a timer. A failed task is retried because otherwise its drive would wait for ever. */
    private void fire(HeapTimer timer) {
        try {
            timer.task.run();
        } catch (RuntimeException | Error e) {
            synchronized (lock) {
                heap.putIfAbsent(timer, nanoTime() + RETRY_NANOS);
            }
            failures.write(() -> "a timer's task failed and is tried again: " + FailureText.of(e));
            LOG.debug("a timer's task failed", e);
        }
    }

    private final class HeapTimer extends TimerHeap.Entry implements Timer {
        private final Runnable task;

        HeapTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void arm(long newDue) {
            boolean first;
            synchronized (lock) {
                heap.put(this, newDue);
                first = heap.first() == this;
            }
            if (first && Thread.currentThread() != thread) {
                wake();
            }
        }

        @Override
        public void disarm() {
            synchronized (lock) {
                heap.remove(this);
            }
        }
    }
}
