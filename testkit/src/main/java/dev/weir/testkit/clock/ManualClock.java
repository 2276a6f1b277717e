package dev.weir.testkit.clock;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A virtual clock that tests advance. Timers that fall due meanwhile fire in the order of their due times on the
 * advancing thread. Nothing sleeps.
 *
 * <p>Thread-safe but meant for one advancing thread.
 */
public final class ManualClock implements Clock {
    private final TreeSet<ManualTimer> armed =
            new TreeSet<>(Comparator.comparingLong(ManualTimer::dueFromOrigin).thenComparingLong(t -> t.number));
    private long timersMade;
    private final long origin;
    private long now;
    private long lateNanos;

    /**
     * Creates a clock.
     *
     * @param origin the first time (ns); may be negative or close to the overflow of a long
     */
    public ManualClock(long origin) {
        this.origin = origin;
        this.now = origin;
    }

    /**
     * {@return a clock with a random origin, sometimes close to an overflow}
     *
     * @param seed decides the origin
     */
    public static ManualClock seeded(long seed) {
        Random random = new Random(seed);
        long[] origins = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE - 1_000, random.nextLong(), random.nextLong()};
        return new ManualClock(origins[random.nextInt(origins.length)]);
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Timer timer(Runnable task) {
        return new ManualTimer(task, timersMade++);
    }

    /**
     * Delays all timers from now on, as a real machine does.
     *
     * @param newLateNanos the lateness (ns)
     */
    public synchronized void lateNanos(long newLateNanos) {
        lateNanos = newLateNanos;
    }

    /**
     * Advances the time and fires every timer that falls due.
     *
     * @param nanos the distance (ns)
     */
    public void advance(long nanos) {
        long target = nanoTime() + nanos;
        while (fireNext(target)) {
            // a fired timer may arm another one that is due within the same advance
        }
        synchronized (this) {
            now = target;
        }
    }

    /**
     * Advances to the next moment at which a timer fires, and fires it.
     *
     * @return false if no timer is armed
     */
    public boolean advanceToNextTimer() {
        return fireNext(origin + Long.MAX_VALUE);
    }

    /** {@return the time (ns) until the next timer fires; -1 if none is armed} */
    public synchronized long nanosToNextTimer() {
        return armed.isEmpty() ? -1 : Math.max(0, armed.first().due + lateNanos - now);
    }

    private boolean fireNext(long until) {
        ManualTimer next = takeNext(until);
        if (next == null) {
            return false;
        }
        next.task.run();
        return true;
    }

    private synchronized @Nullable ManualTimer takeNext(long until) {
        if (armed.isEmpty() || armed.first().due + lateNanos - origin > until - origin) {
            return null;
        }
        ManualTimer next = armed.first();
        armed.remove(next);
        next.isArmed = false;
        if (next.due + lateNanos - now > 0) {
            now = next.due + lateNanos;
        }
        return next;
    }

    private final class ManualTimer implements Timer {
        private final Runnable task;
        private final long number;
        private long due;
        private boolean isArmed;

        ManualTimer(Runnable task, long number) {
            this.task = task;
            this.number = number;
        }

        long dueFromOrigin() {
            return due - origin;
        }

        @Override
        public void arm(long newDue) {
            synchronized (ManualClock.this) {
                disarm();
                due = newDue;
                isArmed = true;
                armed.add(this);
            }
        }

        @Override
        public void disarm() {
            synchronized (ManualClock.this) {
                if (isArmed) {
                    armed.remove(this);
                    isArmed = false;
                }
            }
        }
    }
}
