package dev.weir.supervision;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes named daemon threads. A daemon does not keep the process alive when its task hangs, for example in a backend.
 *
 * <p>Thread-safe.
 */
public final class DaemonThreads {
    private DaemonThreads() {}

    /**
     * {@return a factory of threads with one name}
     *
     * @param name of each thread
     */
    public static ThreadFactory named(String name) {
        return task -> make(name, task);
    }

    /**
     * {@return a factory of numbered threads: {@code weir-vm1-1}, {@code weir-vm1-2} and so on}
     *
     * @param prefix of each name
     */
    public static ThreadFactory numbered(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> make(prefix + "-" + number.incrementAndGet(), task);
    }

    /**
     * Runs a task on a new thread.
     *
     * @param name of the thread
     * @param task to run
     */
    public static void start(String name, Runnable task) {
        make(name, task).start();
    }

    static Thread make(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
