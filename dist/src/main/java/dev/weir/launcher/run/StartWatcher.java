package dev.weir.launcher.run;

import dev.weir.launcher.home.StartException;
import dev.weir.launcher.log.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.SynchronousBundleListener;

/** Waits for a starting Weir and reports the pending step every 2 s if it changed. Thread-safe. */
final class StartWatcher implements AllServiceListener, FrameworkListener, SynchronousBundleListener {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * Pause after a look, per drive (ns). A look takes a few microseconds per drive; the pause leaves ten times as
     * much to the threads that open drives.
     */
    private static final long REST_NANOS_OF_A_DRIVE = TimeUnit.MICROSECONDS.toNanos(30);

    private final BundleContext context;

    /** Bundles whose failure does not fail the start. */
    private final Predicate<Bundle> optional;

    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<String> broken = new ArrayList<>(); // guarded by lock, as are stopping and news
    private volatile boolean started;
    private boolean stopping;
    private boolean news;
    private String said = "";

    /**
     * Creates a watcher and registers its listeners.
     *
     * @param context context of the framework
     * @param optional bundles whose failure does not fail the start
     */
    StartWatcher(BundleContext context, Predicate<Bundle> optional) {
        this.context = context;
        this.optional = optional;
        context.addBundleListener(this);
        context.addFrameworkListener(this);
        context.addServiceListener(this);
    }

    /**
     * Waits until an attempt was made to start all bundles and the state satisfies a condition.
     *
     * @return the state; empty if the framework is stopping
     * @throws StartException if a required bundle cannot start
     */
    Optional<StartState> await(Predicate<StartState> enough) throws InterruptedException, StartException {
        long leftNanos = PATIENCE_NANOS;
        while (beginLook()) {
            StartState standing = StartState.of(context);
            if (started && enough.test(standing)) {
                return Optional.of(standing);
            }
            if (leftNanos <= 0) {
                say("waiting for " + standing.awaited());
                leftNanos = PATIENCE_NANOS;
            }
            long restNanos = standing.drives().size() * REST_NANOS_OF_A_DRIVE;
            TimeUnit.NANOSECONDS.sleep(restNanos);
            leftNanos = awaitNews(leftNanos - restNanos);
        }
        return Optional.empty();
    }

    /** Clears the change flag and returns whether waiting makes sense. Later changes set the flag again. */
    private boolean beginLook() throws StartException {
        lock.lock();
        try {
            if (!stopping && !broken.isEmpty()) {
                throw new StartException(String.join("\n", broken));
            }
            news = false;
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    private long awaitNews(long nanos) throws InterruptedException {
        long leftNanos = nanos;
        lock.lock();
        try {
            while (!news && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return leftNanos;
        } finally {
            lock.unlock();
        }
    }

    private void say(String line) {
        if (!line.equals(said)) {
            said = line;
            Messages.say(line);
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        change(() -> {});
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING && event.getBundle().getBundleId() == 0) {
            change(() -> stopping = true);
        }
    }

    /** Records a bundle that failed during the start. Later failures go to the log only. */
    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR && !started && !optional.test(event.getBundle())) {
            change(() -> broken.add("the bundle %s cannot start: %s"
                    .formatted(event.getBundle().getSymbolicName(), event.getThrowable())));
        }
    }

    /** Must be called after an attempt to start each bundle. */
    void started() {
        change(() -> started = true);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            news = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
