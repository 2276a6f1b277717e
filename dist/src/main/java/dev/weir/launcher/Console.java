package dev.weir.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell on the terminal that Weir was started at: a client like those of other processes. Who leaves it stops
 * Weir; when the bundle that serves it is replaced, it comes back with that.
 *
 * <p>Thread-safe.
 */
final class Console implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Console.class);
    private static final long RETRY_MILLIS = 200;

    private final TerminalInput input = new TerminalInput(false);
    private final ShellClient client;
    private final OsgiFramework platform;
    private volatile boolean closed;

    /** Prepares it; nothing is opened yet. */
    Console(Home home, OsgiFramework platform) {
        this.platform = platform;
        client = new ShellClient(
                home.folder(), new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err), 0);
    }

    /** Takes over the terminal. */
    void open() {
        Thread thread = new Thread(this::run, "console");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            input.open();
            while (!closed && !wasLeft()) {
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
            platform.stop();
        } catch (IOException e) {
            Messages.say("no shell here: " + e.getMessage());
        } catch (BundleException e) {
            LOG.error("cannot stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean wasLeft() throws InterruptedException {
        try {
            client.attend(input);
            return true;
        } catch (IOException e) {
            LOG.debug("no shell at the moment: {}", e.toString());
            return false;
        }
    }

    /** Gives the terminal back as it was. */
    @Override
    public void close() {
        closed = true;
        input.close();
    }
}
