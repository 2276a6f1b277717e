package dev.weir.nbd.net;

import dev.weir.nbd.wire.TaskQueue;
import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop: one thread that serves many sockets and never waits for a single one. See
 * {@code docs/design/decisions/007-nbd-on-plain-nio.md}.
 *
 * <p>Any thread may call {@link #execute}, {@link #wakeup}, {@link #inLoop}, {@link #busyPoll}, {@link #drain},
 * {@link #ended}, {@link #join} and {@link #stop}. All other methods are confined to the thread of the loop.
 */
public final class EventLoop implements Executor {
    /** Size of a thread's receive buffer (bytes). It exceeds the default buffer of a Unix socket on Linux. */
    public static final int RECEIVE_BYTES = 256 << 10;

    /**
     * Longest poll for the rest of a payload before the thread sleeps (ns of processor time). See {@code
     * docs/design/decisions/019-speed.md}.
     */
    static final long EXPECT_MORE_NANOS = 40_000;

    /** The handler of one socket. Confined to the thread of the loop. */
    public interface Handler {

        /**
         * Handles the ready operations without blocking.
         *
         * @param operations the ready operations as in {@link SelectionKey}
         * @throws IOException if the socket failed. The loop then calls {@link #close}.
         */
        void ready(int operations) throws IOException;

        /**
         * Closes the socket at once. A second call has no effect.
         *
         * @param why the reason for the log
         */
        void close(String why);

        /** Recovers from an exception of {@link #ready} or closes the socket. */
        default void failed(Throwable cause) {
            close("internal failure");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Selector selector;
    private final Consumer<SelectionKey> serve = this::serve;
    private final Consumer<Throwable> noteTask = this::noteTask;
    private final TaskQueue tasks = new TaskQueue();
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final BufferPool pool;
    private final FailureLog failures = new FailureLog();
    private final TickTimer timer;
    private final Ticker ticker;
    private final Hangups hangups;
    private final Thread thread;
    private final LongSupplier processorNanos;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long busyPollNanos;
    private volatile List<EventLoop> others = List.of();

    /** Whether another loop serves a client since this one began to poll. */
    private volatile boolean pollsAlong;

    private volatile boolean sleeps;

    /** Whether a handler has taken requests in this turn. */
    private boolean hasTaken;

    /** Whether a client is in the middle of a long write. */
    private boolean expectsMore;

    private volatile boolean stopping;
    private volatile boolean draining;

    /**
     * Starts the thread. If its turns keep failing, {@link Supervision} ends it.
     *
     * @param pool the buffers of its connections
     * @param timer makes its ticks due
     */
    public static EventLoop start(String name, BufferPool pool, TickTimer timer) throws IOException {
        return start(name, pool, timer, THREADS::getCurrentThreadCpuTime);
    }

    /**
     * Starts the thread with its own measure of its polls.
     *
     * @param processorNanos returns the processor time of the calling thread (ns)
     */
    static EventLoop start(String name, BufferPool pool, TickTimer timer, LongSupplier processorNanos)
            throws IOException {
        EventLoop loop = new EventLoop(name, pool, timer, processorNanos);
        timer.add(loop.ticker);
        loop.thread.start();
        return loop;
    }

    private EventLoop(String name, BufferPool pool, TickTimer timer, LongSupplier processorNanos) throws IOException {
        this.processorNanos = processorNanos;
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

    /** Returns the cleared receive buffer of the thread. Its content is valid only within one call of a handler. */
    public ByteBuffer receiveBuffer() {
        return receiveBuffer.clear();
    }

    /** Adds a socket whose handler has no interest yet and calls the handler. */
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

    /** Calls an action for each handler. An exception is logged and does not affect the other handlers. */
    public void forEachHandler(Consumer<Handler> action) {
        for (Handler handler : handlers()) {
            try {
                action.accept(handler);
            } catch (RuntimeException | Error e) {
                failures.note(handler, e);
            }
        }
    }

    /** Returns the handlers of all sockets. */
    public List<Handler> handlers() {
        return selector.keys().stream().map(key -> (Handler) key.attachment()).toList();
    }

    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Runs a task on the thread of the loop. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wakeup();
    }

    /** Makes the loop check its tasks and the interests of its sockets. */
    public void wakeup() {
        if (!inLoop()) {
            selector.wakeup();
        }
    }

    /** Ends the loop once all its sockets are closed. */
    public void drain() {
        execute(() -> draining = true);
    }

    /** Returns a future that completes when the loop has ended. */
    public CompletableFuture<Void> ended() {
        if (!thread.isAlive()) {
            ended.complete(null);
        }
        return ended;
    }

    /** Returns the number of failed handlers, tasks and ticks. For tests. */
    long failures() {
        return failures.count();
    }

    /** Closes all sockets and ends the loop. Tasks that arrive later may be ignored. */
    public void stop() {
        stopping = true;
        selector.wakeup();
    }

    /**
     * Sets how long the loop polls before it sleeps (ns of processor time). At 0 it sleeps at once.
     *
     * @param loops the loops that also poll when this one has taken requests. See {@code
     *     docs/design/decisions/061-polling-together.md}.
     */
    public void busyPoll(long nanos, List<EventLoop> loops) {
        others = loops.stream().filter(loop -> loop != this).toList();
        busyPollNanos = nanos;
    }

    /** Makes the loop poll for a moment before its next sleep because a client is in the middle of a long write. */
    public void expectMore() {
        expectsMore = true;
    }

    /** Notes that a handler has taken requests. */
    public void tookRequests() {
        hasTaken = true;
    }

    /** Waits for the end of the thread for at most that long. Returns whether it has ended. */
    public boolean join(long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    @Override
    public String toString() {
        return thread.getName();
    }

    /** Serves the ready sockets. Returns whether the loop continues. */
    @SuppressWarnings("ThreadPriorityCheck") // only speed depends on the yield
    private boolean turn() throws IOException {
        if (ended.isDone()) {
            return false;
        }
        if (stopping || (draining && isIdle())) {
            end();
            return false;
        }
        askOthersToPoll();
        if (!tasks.isEmpty()) {
            selector.selectNow(serve);
        } else if (!pollBusily()) {
            Thread.yield(); // lets a client send more first (see docs/design/decisions/019)
            sleeps = true;
            selector.select(serve);
            sleeps = false;
        }
        tasks.run(noteTask);
        ticker.tickIfDue();
        return true;
    }

    private void end() throws IOException {
        try (selector;
                hangups) {
            tasks.run(noteTask);
            forEachHandler(handler -> handler.close("the server stops"));
        } finally {
            timer.remove(ticker);
            ended.complete(null);
        }
    }

    private boolean isIdle() {
        return selector.keys().stream().noneMatch(key -> key.channel().isOpen());
    }

    /** Makes the other loops poll if this one has taken requests. So no processor sleeps that the client needs next. */
    private void askOthersToPoll() {
        if (hasTaken && busyPollNanos > 0) {
            others.forEach(EventLoop::pollAlong);
        }
        hasTaken = false;
    }

    /** Polls the sockets if a request is expected. Returns whether a socket was ready or a task is pending. */
    private boolean pollBusily() throws IOException {
        long mayTakeNanos = expectsMore ? Math.max(EXPECT_MORE_NANOS, busyPollNanos) : busyPollNanos;
        expectsMore = false;
        boolean isReady = mayTakeNanos > 0 && pollBusily(mayTakeNanos);
        while (!isReady && pollsAlong && busyPollNanos > 0) {
            pollsAlong = false;
            isReady = pollBusily(busyPollNanos);
        }
        return isReady;
    }

    /** Polls once more, or wakes up to poll, because another loop serves a client. Thread-safe. */
    private void pollAlong() {
        pollsAlong = true;
        if (sleeps) {
            sleeps = false;
            wakeup();
        }
    }

    /**
     * Polls the sockets until one is ready or the allowed processor time is used up.
     *
     * @return whether a socket was ready or a task is pending
     */
    @SuppressWarnings("ThreadPriorityCheck") // only speed depends on the yield
    private boolean pollBusily(long mayTakeNanos) throws IOException {
        long begin = processorNanos.getAsLong();
        do {
            if (selector.selectNow(serve) > 0 || !tasks.isEmpty() || stopping) {
                return true;
            }
            Thread.yield(); // the client may need this processor
        } while (processorNanos.getAsLong() - begin < mayTakeNanos);
        return false;
    }

    private void noteTask(Throwable failure) {
        failures.note(thread.getName(), failure);
    }

    private void serve(SelectionKey key) {
        serve((Handler) key.attachment(), key.readyOps());
    }

    /** Calls a handler and contains its failure. So a failing connection does not affect any other. */
    public void serve(Handler handler, int operations) {
        try {
            handler.ready(operations);
        } catch (IOException e) {
            handler.close(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            handler.failed(e); // before the log, because closing frees memory
            failures.note(handler, e);
        }
    }
}
