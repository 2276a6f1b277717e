package dev.weir.nbd.net;

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
    }

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Selector selector;
    private final Consumer<SelectionKey> serve = this::serve;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final BufferPool pool;
    private final Ticker ticker = new Ticker(this);
    private final Hangups hangups;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long busyPollNanos;

    /** Whether a client is in the middle of sending something long. */
    private boolean expectsMore;

    private volatile boolean stopping;
    private volatile boolean draining;

    /** Starts a thread of that name, with buffers for its connections from {@code pool}. */
    public static EventLoop start(String name, BufferPool pool) throws IOException {
        EventLoop loop = new EventLoop(name, pool);
        loop.thread.start();
        return loop;
    }

    private EventLoop(String name, BufferPool pool) throws IOException {
        this.pool = pool;
        selector = Selector.open();
        hangups = new Hangups(ticker);
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
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
        Handler handler = newHandler.apply(key);
        key.attach(handler);
        serve(handler, 0);
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

    /** Returns what is completed when it has ended. */
    public CompletableFuture<Void> ended() {
        return ended;
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

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on the yield
    private void run() {
        try (selector;
                hangups) {
            while (!stopping && !(draining && isIdle())) {
                if (!tasks.isEmpty()) {
                    selector.selectNow(serve);
                } else if (!pollBusily()) {
                    Thread.yield(); // a client that waits for the processor may have more to send: decision 019
                    selector.select(serve);
                }
                runTasks();
            }
            runTasks();
            handlers().forEach(handler -> handler.close("the server stops"));
        } catch (IOException e) {
            LOG.error("{} cannot go on", thread.getName(), e);
        } finally {
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
                LOG.error("{} goes on after a failure", thread.getName(), e);
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
            LOG.error("{} is closed after a failure", handler, e);
            handler.close("internal failure");
        }
    }
}
