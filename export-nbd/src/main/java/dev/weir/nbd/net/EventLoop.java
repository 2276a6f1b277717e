package dev.weir.nbd.net;

import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that serves many sockets and never waits for one of them.
 *
 * <p>{@link #execute}, {@link #wakeup}, {@link #inLoop}, {@link #busyPoll} and {@link #stop} may be called by any thread,
 * everything else by the loop's own.
 */
public final class EventLoop implements Executor {
    /** Size of the receive buffer of a thread, in bytes; more than a Unix socket holds on Linux by default. */
    public static final int RECEIVE_BYTES = 256 << 10;

    /** Longest time that a thread looks for the rest of a payload before it sleeps, in nanoseconds. */
    static final long EXPECT_MORE_NANOS = 40_000;

    /** One socket of a loop. All of it is called by the loop's thread, one call at a time. */
    public interface Handler {

        /**
         * Does what can be done without waiting.
         *
         * @param operations what the socket is ready for, in the terms of {@link SelectionKey}
         * @throws IOException if the socket failed; it is closed then
         */
        void ready(int operations) throws IOException;

        /**
         * Closes the socket, now; nothing happens if it is closed.
         *
         * @param why what to say in the log
         */
        void close(String why);

        /** Goes on after a failure of {@link #ready}, if that is safe, or closes the socket. */
        default void failed(Throwable cause) {
            close("internal failure");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Selector selector;
    private final Consumer<SelectionKey> serve = this::serve;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final BufferPool pool;
    private final FailureLog failures = new FailureLog();
    private final TickTimer timer;
    private final Ticker ticker;
    private final Hangups hangups;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long busyPollNanos;

    /** Whether a client is in the middle of sending something long. */
    private boolean expectsMore;

    private volatile boolean stopping;
    private volatile boolean draining;

    /**
     * Starts a thread. If its turns fail again and again, it gives up as {@link Supervision} says.
     *
     * @param pool gives buffers to its connections
     * @param timer makes its ticks due
     */
    public static EventLoop start(String name, BufferPool pool, TickTimer timer) throws IOException {
        EventLoop loop = new EventLoop(name, pool, timer);
        timer.add(loop.ticker);
        loop.thread.start();
        return loop;
    }

    private EventLoop(String name, BufferPool pool, TickTimer timer) throws IOException {
        this.pool = pool;
        selector = Selector.open();
        this.timer = timer;
        ticker = new Ticker(timer::wakeup, selector::wakeup, failures);
        hangups = new Hangups(ticker);
        thread = Supervision.thread(name, this::turn, LOG::error);
    }

    public BufferPool pool() {
        return pool;
    }

    public Ticker ticker() {
        return ticker;
    }

    public Hangups hangups() {
        return hangups;
    }

    /** Returns where sockets are read to; nothing stays in it from one call of a handler to the next. */
    public ByteBuffer receiveBuffer() {
        return receiveBuffer.clear();
    }

    /** Adds a socket with a new handler, that is not interested in anything yet. */
    public void register(SelectableChannel channel, Function<SelectionKey, Handler> newHandler) throws IOException {
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, 0);
        Handler handler;
        try {
            handler = newHandler.apply(key);
        } catch (RuntimeException | Error e) {
            key.cancel();
            throw e;
        }
        key.attach(handler);
        serve(handler, 0);
    }

    /** Calls something for each handler of its sockets; a failure of one keeps it from none of the others. */
    public void forEachHandler(Consumer<Handler> action) {
        for (Handler handler : handlers()) {
            try {
                action.accept(handler);
            } catch (RuntimeException | Error e) {
                failures.note(handler, e);
            }
        }
    }

    /** Returns the handlers of its sockets. */
    public List<Handler> handlers() {
        return selector.keys().stream().map(key -> (Handler) key.attachment()).toList();
    }

    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Has a task run by the loop's thread, soon. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wakeup();
    }

    /** Has the loop's thread look at its tasks, and at what its sockets are interested in. */
    public void wakeup() {
        if (!inLoop()) {
            selector.wakeup();
        }
    }

    /** Ends by itself once all its sockets are closed. */
    public void drain() {
        execute(() -> draining = true);
    }

    /** Returns what is completed when it has ended, or given up. */
    public CompletableFuture<Void> ended() {
        if (!thread.isAlive()) {
            ended.complete(null);
        }
        return ended;
    }

    /** Returns how many handlers, tasks and ticks of it have failed, for tests. */
    long failures() {
        return failures.count();
    }

    /** Closes all its sockets and ends; tasks that come later are run once more or not at all. */
    public void stop() {
        stopping = true;
        selector.wakeup();
    }

    /** Says how long it looks for more to do before it sleeps, in nanoseconds of the processor; 0 to sleep at once. */
    public void busyPoll(long nanos) {
        busyPollNanos = nanos;
    }

    /** Has it look for more, for a moment, before it sleeps next: a client is in the middle of sending something long. */
    public void expectMore() {
        expectsMore = true;
    }

    /** Waits until it has ended, or for so long; returns whether it has. */
    public boolean join(long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    @Override
    public String toString() {
        return thread.getName();
    }

    /** Serves what is ready; returns whether there is more to come. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield
    private boolean turn() throws IOException {
        if (ended.isDone()) {
            return false;
        }
        if (stopping || (draining && isIdle())) {
            end();
            return false;
        }
        if (!tasks.isEmpty()) {
            selector.selectNow(serve);
        } else if (!pollBusily()) {
            Thread.yield(); // a client that waits for the processor may have more to send: decision 019
            selector.select(serve);
        }
        runTasks();
        ticker.tickIfDue();
        return true;
    }

    private void end() throws IOException {
        try (selector;
                hangups) {
            runTasks();
            forEachHandler(handler -> handler.close("the server stops"));
        } finally {
            timer.remove(ticker);
            ended.complete(null);
        }
    }

    private boolean isIdle() {
        return selector.keys().stream().noneMatch(key -> key.channel().isOpen());
    }

    /**
     * Looks again and again until there is something to do or it has taken as much time of the processor as it may.
     *
     * @return whether there was something to do
     */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield
    private boolean pollBusily() throws IOException {
        long mayTakeNanos = expectsMore ? Math.max(EXPECT_MORE_NANOS, busyPollNanos) : busyPollNanos;
        expectsMore = false;
        if (mayTakeNanos == 0) {
            return false;
        }
        long begin = THREADS.getCurrentThreadCpuTime();
        do {
            if (selector.selectNow(serve) > 0 || !tasks.isEmpty() || stopping) {
                return true;
            }
            Thread.yield(); // the client may need this very processor
        } while (THREADS.getCurrentThreadCpuTime() - begin < mayTakeNanos);
        return false;
    }

    /** Runs the tasks that are there now; those that they add have to wait until sockets had their turn. */
    private void runTasks() {
        for (int left = tasks.size(); left > 0; left--) {
            Runnable task = tasks.remove();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failures.note(thread.getName(), e);
            }
        }
    }

    private void serve(SelectionKey key) {
        serve((Handler) key.attachment(), key.readyOps());
    }

    /** Calls a handler, and closes its socket if that fails: no client takes another's connection with it. */
    public void serve(Handler handler, int operations) {
        try {
            handler.ready(operations);
        } catch (IOException e) {
            handler.close(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            handler.failed(e); // before the log, because it gives memory back
            failures.note(handler, e);
        }
    }
}
