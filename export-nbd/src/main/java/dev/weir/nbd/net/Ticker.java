package dev.weir.nbd.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Has somebody look every {@value #MILLIS} ms at connections with which something may be wrong. Nothing happens while
 * there are none. Time is counted in ticks, so a thread that is late makes it longer, never shorter.
 *
 * <p>For one loop's thread only.
 */
public final class Ticker {
    public static final int MILLIS = 100;

    /** Who is to be called. */
    public interface Task {

        /** Looks, and returns whether to be called again. */
        boolean tick();
    }

    private final Executor loop;
    private List<Task> tasks = new ArrayList<>();
    private boolean scheduled;

    Ticker(Executor loop) {
        this.loop = loop;
    }

    public void add(Task task) {
        tasks.add(task);
        schedule();
    }

    /** Calls everybody now; it calls itself when it is time. */
    void tick() {
        List<Task> called = tasks;
        tasks = new ArrayList<>();
        for (Task task : called) {
            if (task.tick()) {
                tasks.add(task);
            }
        }
        scheduled = false;
        schedule();
    }

    private void schedule() {
        if (!scheduled && !tasks.isEmpty()) {
            scheduled = true;
            CompletableFuture.delayedExecutor(MILLIS, TimeUnit.MILLISECONDS, loop)
                    .execute(this::tick);
        }
    }
}
