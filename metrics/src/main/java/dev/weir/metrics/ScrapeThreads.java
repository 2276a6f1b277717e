package dev.weir.metrics;

import dev.weir.supervision.DaemonThreads;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that answer scrapes. A slow client keeps its thread busy. When all threads are busy, a new scrape ends the
 * oldest one: the interrupt closes its connection. A slow scrape that blocks no other scrape is not ended.
 *
 * <p>Thread-safe.
 */
class ScrapeThreads extends ThreadPoolExecutor {

    /** Largest number of concurrent scrapes; enough for a few Prometheus servers and people. */
    static final int THREADS = 16;

    private static final long KEEP_ALIVE_SECONDS = 5;

    /** Threads with a scrape, oldest first. Guarded by itself. */
    private final Set<Thread> busy = new LinkedHashSet<>();

    ScrapeThreads() {
        super(
                THREADS,
                THREADS,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.numbered("weir-metrics"));
        allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable scrape) {
        super.execute(scrape);
        synchronized (busy) {
            endOldestIfAnotherWaits();
        }
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable scrape) {
        synchronized (busy) {
            busy.add(thread);
            endOldestIfAnotherWaits();
        }
    }

    private void endOldestIfAnotherWaits() {
        if (busy.size() == THREADS && !getQueue().isEmpty()) {
            Thread oldest = busy.iterator().next();
            busy.remove(oldest);
            oldest.interrupt();
        }
    }

    @Override
    protected void afterExecute(Runnable scrape, Throwable failure) {
        synchronized (busy) {
            busy.remove(Thread.currentThread());
            // a late interrupt must not end the next scrape of this thread
            Thread.interrupted();
        }
    }
}
