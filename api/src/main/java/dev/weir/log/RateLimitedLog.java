package dev.weir.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A rate limit for log messages of one kind: at most {@value #MAX_LINES} lines in {@value #WINDOW_SECONDS} s. At the
 * end of the window one more line tells how many messages were dropped.
 *
 * <p>Every message that clients, storage or files can cause repeatedly goes through an instance. Each source
 * (such as a drive or a listener) has its own because a noisy source must not hide the messages of another:
 *
 * <pre>{@code
 * private final RateLimitedLog failures = new RateLimitedLog("drive vm1: failed requests", LOG::warn);
 * failures.write(() -> "drive vm1: read of 4096 bytes at 0 failed: " + e.getMessage());
 * LOG.debug("drive vm1: read failed", e); // the stack
 * }</pre>
 *
 * <p>Thread-safe. The log is called without a lock.
 */
public final class RateLimitedLog {

    /** The number of lines in a window without the summary. */
    public static final int MAX_LINES = 20;

    /** Length of a window (s). A window begins with a message. */
    public static final int WINDOW_SECONDS = 10;

    private final String kind;
    private final Consumer<String> log;
    private final Executor windowEnd;

    // guarded by this
    private int lines;
    private long leftOut;

    /**
     * Creates a limit without an open window.
     *
     * @param kind the name of the messages in the summary such as {@code drive vm1: failed requests}
     * @param log writes one line, for example {@code LOG::warn}
     */
    public RateLimitedLog(String kind, Consumer<String> log) {
        this(kind, log, CompletableFuture.delayedExecutor(WINDOW_SECONDS, TimeUnit.SECONDS));
    }

    /**
     * Creates a limit whose windows a test ends.
     *
     * @param kind as above
     * @param log as above
     * @param windowEnd runs its task at the end of a window that begins now
     */
    public RateLimitedLog(String kind, Consumer<String> log, Executor windowEnd) {
        this.kind = kind;
        this.log = log;
        this.windowEnd = windowEnd;
    }

    /**
     * Logs a message. Only counts it if the window is full.
     *
     * @param message called only if it is logged
     */
    public void write(Supplier<String> message) {
        synchronized (this) {
            if (lines == MAX_LINES) {
                leftOut++;
                return;
            }
            if (lines == 0) {
                windowEnd.execute(this::endWindow); // first, because it may throw: a window must end
            }
            lines++;
        }
        log.accept(message.get());
    }

    private void endWindow() {
        long more;
        synchronized (this) {
            more = leftOut;
            lines = 0;
            leftOut = 0;
        }
        if (more > 0) {
            log.accept(kind + ": " + more + " more messages were left out in " + WINDOW_SECONDS + " s");
        }
    }
}
