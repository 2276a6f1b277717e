package dev.weir.launcher.run;

import dev.weir.launcher.log.Messages;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/**
 * Stops Weir cleanly on SIGTERM, SIGINT and SIGHUP. The exit status is then 0, as service managers expect of a
 * daemon. It is 1 if the stop timed out. A signal before the framework exists ends the process at once with status 0.
 *
 * <p>Thread-safe. The shutdown hook exits itself, because the JVM would exit with 143 (see {@code
 * docs/design/decisions/005-launcher.md}).
 */
final class StopOnSignal {
    private final Thread hook = new Thread(this::stop, "stop on signal");
    private final CountDownLatch disarmed = new CountDownLatch(1);

    private @Nullable OsgiFramework platform; // this and the following fields are guarded by this
    private @Nullable Console console;

    StopOnSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Sets the framework that a signal stops and the console that it closes. */
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
                disarmed.await(1, TimeUnit.SECONDS); // lets the main thread log the stop
            } else {
                Messages.say("the stop timed out: some bundles are still running");
            }
        } catch (BundleException | InterruptedException e) {
            Messages.say("cannot stop cleanly: " + e);
        }
        Console open = console();
        if (open != null) {
            open.close();
        }
        Runtime.getRuntime().halt(status);
    }

    /**
     * Removes the shutdown hook. Does not return if the JVM is already shutting down, because the hook then ends the
     * process.
     */
    void disarm() throws InterruptedException {
        disarmed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            hook.join();
        }
    }
}
