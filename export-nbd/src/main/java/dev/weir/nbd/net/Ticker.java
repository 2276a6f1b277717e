package dev.weir.nbd.net;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls tasks every {@value #MILLIS} ms that look after connections with which something may be wrong. Nothing happens while
 * there are none. Time is counted in ticks, so a thread that is late makes it longer, never shorter. A task that
 * throws is called again with the next tick, and the others are called all the same.
 *
 * <p>For one loop's thread only, but for {@link #isNeeded} and {@link #makeDue}.
 */
public final class Ticker {
    public static final int MILLIS = 100;

    /** What is called. */
    public interface Task {

        /** Looks, and returns whether to be called again. */
        boolean tick();
    }

    private final Runnable wakeTimer;
    private final Runnable wakeLoop;
    private final FailureLog failures;
    private final List<Task> tasks = new ArrayList<>();

    /** Whether there are tasks. */
    private volatile boolean needed;

    private volatile boolean due;

    /**
     * Makes a ticker without tasks.
     *
     * @param wakeTimer has a sleeping timer notice that this is {@linkplain #isNeeded needed}
     * @param wakeLoop has the loop call {@link #tickIfDue} soon
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

    /** Returns whether ticks are wanted. Thread-safe. */
    boolean isNeeded() {
        return needed;
    }

    /** Has the loop's thread tick. Thread-safe. */
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
                Task last = tasks.remove(tasks.size() - 1); // was called already, or came with this tick
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
