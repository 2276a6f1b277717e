package dev.weir.engine.storage;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which one drive's backend may block. Each drive has its own, so that a backend that hangs
 * takes no other drive's; they come when there is work and go when there is none.
 */
final class DriveThreads {

    /** As many requests as one drive's storage is given at once: what NVMe and RAID want, and what nbdkit does. */
    private static final int THREADS = 16;

    private static final long KEEP_ALIVE_SECONDS = 5;

    private DriveThreads() {}

    static ExecutorService of(String drive) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                THREADS, THREADS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "weir-" + drive + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }
}
