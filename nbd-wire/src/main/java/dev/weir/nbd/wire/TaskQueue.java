package dev.weir.nbd.wire;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * The tasks of an event loop.
 *
 * <p>Any thread may add tasks. The thread of the loop runs them.
 */
public final class TaskQueue {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Adds a task. The caller wakes the loop up. */
    public void add(Runnable task) {
        tasks.add(task);
    }

    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /**
     * Runs the tasks queued at the call. Tasks that they add wait for the next turn, so that sockets come in between.
     *
     * @param onFailure receives the exception of a task
     */
    public void run(Consumer<Throwable> onFailure) {
        for (int left = tasks.size(); left > 0; left--) {
            Runnable task = tasks.remove();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                onFailure.accept(e);
            }
        }
    }
}
