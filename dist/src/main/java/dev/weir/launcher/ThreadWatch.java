package dev.weir.launcher;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the exception that ends a thread. Stops Weir in order when a supervised thread has given up: a process that
 * cannot do its work is worth less than its restart.
 *
 * <p>Thread-safe.
 */
final class ThreadWatch implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadWatch.class);

    /** The exception of a supervised thread that gave up; a class of weir-api, which the launcher does not see. */
    private static final String GIVEN_UP = "dev.weir.supervision.GivenUpException";

    private final OsgiFramework platform;
    private final CountDownLatch unhealthy = new CountDownLatch(1);

    /** Started early, because a process without memory may be unable to start one. */
    private final Thread stop = new Thread(this::stop, "weir-unhealthy");

    ThreadWatch(OsgiFramework platform) {
        this.platform = platform;
        stop.setDaemon(true);
    }

    /** Watches the threads of this process from now on. */
    void start() {
        stop.start();
        Thread.setDefaultUncaughtExceptionHandler(this);
    }

    /** Returns whether a supervised thread has given up. */
    boolean isUnhealthy() {
        return unhealthy.getCount() == 0;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        boolean givenUp = failure.getClass().getName().equals(GIVEN_UP);
        if (givenUp) {
            unhealthy.countDown();
        }
        try {
            if (givenUp) {
                LOG.error("unhealthy, so Weir stops: {}", failure.getMessage());
            } else {
                LOG.error("thread {} has ended by an exception", thread.getName(), failure);
            }
        } catch (RuntimeException | Error e) {
            // without memory the log may fail; the stop goes on
        }
    }

    private void stop() {
        try {
            unhealthy.await();
            if (!platform.stop()) {
                Runtime.getRuntime().halt(1);
            }
        } catch (BundleException | RuntimeException | Error e) {
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
