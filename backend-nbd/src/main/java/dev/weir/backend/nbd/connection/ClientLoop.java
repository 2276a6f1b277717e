package dev.weir.backend.nbd.connection;

import dev.weir.log.RateLimitedLog;
import dev.weir.nbd.wire.TaskQueue;
import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop: one thread for the connections of many drives. It never waits for a single one.
 *
 * <p>Any thread may call {@link #execute} and {@link #close}. All other methods are confined to the thread of the loop.
 */
public final class ClientLoop implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientLoop.class);

    /** The handler of one socket. */
    interface Handler {

        /** Handles a ready socket without blocking. If it throws, the loop calls {@link #fail}. */
        void ready() throws IOException;

        /** Sends the data queued in this turn. If it throws, the loop calls {@link #fail}. */
        void send() throws IOException;

        /** Ends the connection. A second call has no effect. */
        void fail(String why);
    }

    private final Selector selector;
    private final Consumer<SelectionKey> serve = this::serve;
    private final Consumer<Throwable> noteTask = this::note;
    private final TaskQueue tasks = new TaskQueue();
    private final List<Handler> senders = new ArrayList<>();
    private final RateLimitedLog failures;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @throws IOException if the system has no selector left
     */
    public static ClientLoop start(String name) throws IOException {
        ClientLoop loop = new ClientLoop(name);
        loop.thread.start();
        return loop;
    }

    private ClientLoop(String name) throws IOException {
        selector = Selector.open();
        failures = new RateLimitedLog(name + ": internal failures", LOG::error);
        thread = Supervision.thread(name, this::turn, LOG::error);
    }

    /** Runs a task on the thread of the loop. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread) {
            selector.wakeup();
        }
    }

    SelectionKey register(SocketChannel socket, int operations, Handler handler) throws IOException {
        return socket.register(selector, operations, handler);
    }

    /** Makes the loop call {@link Handler#send} at the end of the turn. */
    void sendSoon(Handler handler) {
        senders.add(handler);
    }

    /** Ends the thread and waits for it. Connections that are still open fail. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean turn() throws IOException {
        if (closed) {
            end();
            return false;
        }
        if (tasks.isEmpty()) {
            selector.select(serve);
        } else {
            selector.selectNow(serve);
        }
        tasks.run(noteTask);
        sendAll();
        return true;
    }

    private void end() throws IOException {
        try (selector) {
            tasks.run(noteTask);
            sendAll();
            for (SelectionKey key : selector.keys()) {
                ((Handler) key.attachment()).fail("the backend stops");
            }
        }
    }

    private void sendAll() {
        for (int i = 0; i < senders.size(); i++) { // a failing one may add others
            Handler handler = senders.get(i);
            attempt(handler, handler::send);
        }
        senders.clear();
    }

    private void serve(SelectionKey key) {
        Handler handler = (Handler) key.attachment();
        attempt(handler, handler::ready);
    }

    interface Step {
        void run() throws IOException;
    }

    /** Contains the failure of a connection, so that it does not affect any other. */
    void attempt(Handler handler, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            handler.fail(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            handler.fail("internal failure: " + e);
            note(e);
        }
    }

    private void note(Throwable failure) {
        failures.write(() -> thread.getName() + ": internal failure: " + failure);
        LOG.debug("{} failed", thread.getName(), failure);
    }
}
