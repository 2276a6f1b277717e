package dev.weir.engine.storage;

import dev.weir.supervision.DaemonThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The worker threads for one drive with a blocking backend. No two drives share workers because a backend that hangs
 * would block the other drive. Workers start on demand and end when idle.
 */
final class DriveThreads {

    /**
     * The number of requests in flight to one drive's storage. NVMe and RAID need as many; nbdkit has the same
     * default.
     */
    private static final int THREADS = 16;

    private static final long KEEP_ALIVE_SECONDS = 5;

    private DriveThreads() {}

    static ExecutorService of(String drive) {
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.numbered("weir-" + drive));
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }
}
