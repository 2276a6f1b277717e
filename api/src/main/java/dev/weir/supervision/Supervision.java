package dev.weir.supervision;

import dev.weir.log.FailureText;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * Supervises long-lived threads and repeated tasks. An {@link Error} is logged and does not end them.
 *
 * <p>A thread that loops gives the body of its loop as a {@link Turn}:
 *
 * <pre>{@code
 * Thread thread = Supervision.thread("weir-nbd-1", this::turn, log::error);
 * thread.start();
 * }</pre>
 *
 * <p>When a turn throws, the error is logged and the next turn follows after a pause of 1 to 250 ms. A turn must leave
 * its state fit for the next one: it closes the failed connection and sets the timer again. After {@value
 * #MOST_FAILURES} failures in a row (about eight seconds), the thread gives up. It calls the {@linkplain
 * Thread#getDefaultUncaughtExceptionHandler() default exception handler} of the process with a {@link
 * GivenUpException}. Weir's launcher then stops the process cleanly with exit status 1.
 *
 * <p>A repeated task is wrapped, because a scheduler drops a task that throws:
 *
 * <pre>{@code
 * scheduler.scheduleWithFixedDelay(Supervision.task("weir-config", this::poll, log::error), 250, 250, MILLISECONDS);
 * }</pre>
 *
 * <p>The wrapped task never throws and never gives up. {@link #failures} lists failing threads and tasks. The shell's
 * {@code status} shows them.
 *
 * <p>Thread-safe.
 */
public final class Supervision {

    /** The number of failures in a row after which a thread gives up. */
    public static final int MOST_FAILURES = 40;

    private static final long MOST_PAUSE_MILLIS = 250;

    /** The current failure of each thread and task of this process that fails now, by name. */
    private static final Map<String, Supervision> FAILING = new ConcurrentHashMap<>();

    private final String name;
    private final BiConsumer<String, Throwable> log;
    private final LongConsumer pauseMillis;

    /** Failures since the last success; -1 before the first turn. */
    private volatile int inARow = -1;

    /** Failures in all. */
    private long total;

    private volatile String last = "";

    private Supervision(String name, BiConsumer<String, Throwable> log, LongConsumer pauseMillis) {
        this.name = name;
        this.log = log;
        this.pauseMillis = pauseMillis;
    }

    /** One pass through the loop of a thread. */
    @FunctionalInterface
    public interface Turn {

        /**
         * Runs one pass.
         *
         * @return whether another turn follows; false ends the thread
         * @throws Exception if the turn fails; the next one follows after a pause
         */
        boolean run() throws Exception;
    }

    /**
     * {@return a new daemon thread, not started, that runs one turn after another}
     *
     * @param name of the thread
     * @param turn called until it returns false or the thread gives up
     * @param log receives a message and its cause, as {@code log::error} of slf4j does, at the failures 1, 2, 4, 8 and
     *     so on
     */
    public static Thread thread(String name, Turn turn, BiConsumer<String, Throwable> log) {
        Supervision supervision =
                new Supervision(name, log, millis -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis)));
        GivenUpException lost = supervision.lost();
        return DaemonThreads.make(name, () -> supervision.run(turn, lost));
    }

    /**
     * {@return a task that runs the given one and never throws} It must not run on two threads at once.
     *
     * @param name for messages
     * @param task the task; it may throw
     * @param log as in {@link #thread}
     */
    public static Runnable task(String name, Runnable task, BiConsumer<String, Throwable> log) {
        Supervision supervision = new Supervision(name, log, millis -> {});
        return () -> supervision.attempt(() -> {
            task.run();
            return true;
        });
    }

    /** {@return a line for each thread and task of this process whose last turn failed, by name} */
    public static List<String> failures() {
        Collection<Supervision> failing = new TreeMap<>(FAILING).values();
        return failing.stream()
                .map(one -> "%s fails (%d times in a row): %s".formatted(one.name, one.inARow, one.last))
                .toList();
    }

    /** Returns a loop whose pauses a test observes. */
    static Runnable loop(String name, Turn turn, BiConsumer<String, Throwable> log, LongConsumer pauseMillis) {
        Supervision supervision = new Supervision(name, log, pauseMillis);
        GivenUpException lost = supervision.lost();
        return () -> supervision.run(turn, lost);
    }

    /** Returns the report of an end out of order. It is made beforehand because there may be no memory then. */
    private GivenUpException lost() {
        return new GivenUpException("thread " + name + " has ended of an error");
    }

    /** Takes turns. The JVM may throw an OutOfMemoryError at any place, also where one is handled. */
    private void run(Turn turn, GivenUpException lost) {
        boolean isInOrder = false;
        try {
            loop(turn);
            isInOrder = true;
        } finally {
            Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
            if (!isInOrder && handler != null) {
                handler.uncaughtException(Thread.currentThread(), lost);
            }
        }
    }

    private void loop(Turn turn) {
        while (attempt(turn)) {
            if (inARow >= MOST_FAILURES && gaveUp()) {
                return;
            }
        }
    }

    /** Runs a turn and returns whether another one follows. */
    private boolean attempt(Turn turn) {
        try {
            boolean more = turn.run();
            if (inARow != 0) {
                inARow = 0;
                FAILING.remove(name); // also the entry of a stopped thread with this name
            }
            return more;
        } catch (Exception | Error e) {
            inARow = Math.max(inARow, 0) + 1;
            total++;
            note(e);
            pauseMillis.accept(Math.min(1L << Math.min(inARow - 1, 10), MOST_PAUSE_MILLIS));
            return true;
        }
    }

    private void note(Throwable failure) {
        try {
            last = FailureText.of(failure);
            FAILING.put(name, this);
            if (Long.bitCount(total) == 1) {
                log.accept("%s failed (%d times since it began) and goes on".formatted(name, total), failure);
            }
        } catch (RuntimeException | Error e) {
            // no memory for the message: the counts are kept and the next failure tries again
        }
    }

    private boolean gaveUp() {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        try {
            GivenUpException failure = new GivenUpException(
                    "thread %s failed %d times in a row, at last with %s".formatted(name, inARow, last));
            if (handler == null) {
                log.accept(String.valueOf(failure.getMessage()), failure);
            } else {
                handler.uncaughtException(Thread.currentThread(), failure);
            }
            return true;
        } catch (RuntimeException | Error e) {
            return false; // tries again after the next turn
        }
    }
}
