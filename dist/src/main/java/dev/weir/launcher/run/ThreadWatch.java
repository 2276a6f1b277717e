package dev.weir.launcher.run;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each exception that ends a thread. If a supervised thread gave up then it stops Weir cleanly, because a
 * service manager can restart an unhealthy process.
 *
 * <p>Thread-safe.
 */
final class ThreadWatch implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadWatch.class);

    /** Exception of a supervised thread that gave up, by name, because the launcher uses no class of weir-api. */
    private static final String GIVEN_UP = "dev.weir.supervision.GivenUpException";

    private final OsgiFramework platform;
    private final CountDownLatch unhealthy = new CountDownLatch(1);

    /** Thread that stops Weir. It is started early, because a process without memory may be unable to start one. */
    private final Thread stop = new Thread(this::stop, "weir-unhealthy");

    ThreadWatch(OsgiFramework platform) {
        this.platform = platform;
        stop.setDaemon(true);
    }

    /** Starts watching all threads of this process. */
    void start() {
        stop.start();
        Thread.setDefaultUncaughtExceptionHandler(this);
    }

    /** Returns whether a supervised thread gave up. */
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
                LOG.error("thread {} ended with an exception", thread.getName(), failure);
            }
        } catch (RuntimeException | Error e) {
            // the log may fail without memory; the stop must go on
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
