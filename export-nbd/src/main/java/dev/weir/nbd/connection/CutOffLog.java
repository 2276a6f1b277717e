package dev.weir.nbd.connection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log of clients that are cut off: a line for each, unless they come by the thousand. Then the number of
 * those that were passed over is told when {@value #WINDOW_SECONDS} s are over.
 *
 * <p>Thread-safe.
 */
public final class CutOffLog {
    static final int MAX_LINES = 20;
    private static final int WINDOW_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(CutOffLog.class);

    private final Consumer<String> log;
    private final Executor later;
    private int lines;
    private int unsaid;

    CutOffLog() {
        this(LOG::warn, CompletableFuture.delayedExecutor(WINDOW_SECONDS, TimeUnit.SECONDS));
    }

    /**
     * For tests.
     *
     * @param later runs what is to be done when the time is over
     */
    CutOffLog(Consumer<String> log, Executor later) {
        this.log = log;
        this.later = later;
    }

    /** Says that a client is cut off, and why. */
    public void cutOff(String client, String why) {
        synchronized (this) {
            if (lines == MAX_LINES) {
                unsaid++;
                return;
            }
            if (lines++ == 0) {
                later.execute(this::sumUp);
            }
        }
        log.accept(client + " is cut off: " + why);
    }

    private void sumUp() {
        int more;
        synchronized (this) {
            more = unsaid;
            lines = 0;
            unsaid = 0;
        }
        if (more > 0) {
            log.accept(more + " more clients were cut off in " + WINDOW_SECONDS + " s");
        }
    }
}
