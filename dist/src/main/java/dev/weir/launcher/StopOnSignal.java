package dev.weir.launcher;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleException;

/**
 * Stops Weir in order when the process is told to end (SIGTERM, SIGINT, SIGHUP). The exit status is 0 then, as
 * that is what a daemon's end looks like, and 1 if it could not be done in time.
 */
final class StopOnSignal {
    private final OsgiFramework platform;
    private final Console console;
    private final Thread hook = new Thread(this::stop, "stop on signal");
    private final CountDownLatch released = new CountDownLatch(1);

    StopOnSignal(OsgiFramework platform, Console console) {
        this.platform = platform;
        this.console = console;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        int status = 1;
        try {
            if (platform.stop()) {
                status = 0;
                released.await(1, TimeUnit.SECONDS); // the caller has seen the stop too, and logs it
            } else {
                Messages.say("not everything could be stopped in time");
            }
        } catch (BundleException | InterruptedException e) {
            Messages.say("cannot stop in order: " + e);
        }
        console.close();
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
