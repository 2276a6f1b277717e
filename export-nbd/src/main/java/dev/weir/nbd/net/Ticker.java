package dev.weir.nbd.net;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls tasks every {@value #MILLIS} ms. They check the timeouts of connections. It is idle without tasks. Time is
 * counted in ticks. So a late thread makes a timeout longer and never shorter. A task that throws is called again at
 * the next tick. Other tasks are not affected.
 *
 * <p>Confined to the thread of the loop except {@link #isNeeded} and {@link #makeDue}.
 */
public final class Ticker {
    public static final int MILLIS = 100;

    /** A task of the ticker. */
    public interface Task {

        /** Checks something. Returns whether to be called again. */
        boolean tick();
    }

    private final Runnable wakeTimer;
    private final Runnable wakeLoop;
    private final FailureLog failures;
    private final List<Task> tasks = new ArrayList<>();

    /** Whether the ticker has tasks. */
    private volatile boolean needed;

    private volatile boolean due;

    /**
     * Makes a ticker without tasks.
     *
     * @param wakeTimer wakes the timer when this ticker becomes {@linkplain #isNeeded needed}
     * @param wakeLoop makes the loop call {@link #tickIfDue} soon
     */
    Ticker(Runnable wakeTimer, Runnable wakeLoop, FailureLog failures) {
        this.wakeTimer = wakeTimer;
        this.wakeLoop = wakeLoop;
        this.failures = failures;
    }

    public void add(Task task) {
        tasks.add(task);
        if (!needed) {
            needed = true;
            wakeTimer.run();
        }
    }

    /** Returns whether the ticker has tasks. Thread-safe. */
    boolean isNeeded() {
        return needed;
    }

    /** Makes the thread of the loop tick. Thread-safe. */
    void makeDue() {
        if (needed) {
            due = true;
            wakeLoop.run();
        }
    }

    void tickIfDue() {
        if (due) {
            due = false;
            tick();
        }
    }

    private void tick() {
        for (int i = tasks.size() - 1; i >= 0; i--) {
            if (!goesOn(tasks.get(i))) {
                Task last = tasks.remove(tasks.size() - 1); // it was called already or added during this tick
                if (i < tasks.size()) {
                    tasks.set(i, last);
                }
            }
        }
        needed = !tasks.isEmpty();
    }

    private boolean goesOn(Task task) {
        try {
            return task.tick();
        } catch (RuntimeException | Error e) {
            failures.note(task, e);
            return true;
        }
    }
}
