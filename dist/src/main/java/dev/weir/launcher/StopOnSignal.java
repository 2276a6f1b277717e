package dev.weir.launcher;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/**
 * Stops Weir in order when the process is told to end (SIGTERM, SIGINT, SIGHUP). The exit status is 0 then, as
 * a service manager expects of a daemon, and 1 if the stop took too long. A signal that comes before the framework is
 * there ends the process at once, also with 0.
 *
 * <p>Thread-safe.
 */
final class StopOnSignal {
    private final Thread hook = new Thread(this::stop, "stop on signal");
    private final CountDownLatch released = new CountDownLatch(1);

    private @Nullable OsgiFramework platform; // guarded by this, as is what follows
    private @Nullable Console console;

    StopOnSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Stops this framework from now on, and gives back this terminal. */
    synchronized void watch(OsgiFramework newPlatform, Console newConsole) {
        platform = newPlatform;
        console = newConsole;
    }

    private synchronized @Nullable OsgiFramework platform() {
        return platform;
    }

    private synchronized @Nullable Console console() {
        return console;
    }

    private void stop() {
        int status = 1;
        try {
            OsgiFramework running = platform();
            if (running == null) {
                status = 0;
            } else if (running.stop()) {
                status = 0;
                released.await(1, TimeUnit.SECONDS); // the caller has seen the stop too, and logs it
            } else {
                Messages.say("not everything could be stopped in time");
            }
        } catch (BundleException | InterruptedException e) {
            Messages.say("cannot stop in order: " + e);
        }
        Console open = console();
        if (open != null) {
            open.close();
        }
        Runtime.getRuntime().halt(status);
    }

    /** Leaves the end of the process to the caller, unless it has begun: then never returns. */
    void release() throws InterruptedException {
        released.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            hook.join();
        }
    }
}
