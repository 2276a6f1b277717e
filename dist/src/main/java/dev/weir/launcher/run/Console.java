package dev.weir.launcher.run;

import dev.weir.launcher.client.ShellClient;
import dev.weir.launcher.client.TerminalInput;
import dev.weir.launcher.home.Home;
import dev.weir.launcher.log.Messages;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell on the terminal of a starting Weir. It is a client of the shell's socket. Leaving it stops Weir. It
 * reconnects when the shell's bundle is updated.
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

    /** Creates a console without opening the terminal. */
    Console(Home home, OsgiFramework platform) {
        this.platform = platform;
        client = ShellClient.ofProcess(home, 0);
    }

    /** Opens the terminal and starts the shell on a daemon thread. */
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
            Messages.say("cannot open a shell on this terminal: " + e.getMessage());
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
            LOG.debug("the shell is unavailable: {}", e.toString());
            return false;
        }
    }

    /** Restores the terminal. */
    @Override
    public void close() {
        closed = true;
        input.close();
    }
}
