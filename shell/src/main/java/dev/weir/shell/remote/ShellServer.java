package dev.weir.shell.remote;

import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.Supervision;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the socket and serves each client on threads of its own, up to a number of them.
 *
 * <p>Thread-safe.
 */
final class ShellServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);
    private static final RateLimitedLog REFUSALS = new RateLimitedLog("the shell: refused clients", LOG::warn);
    private static final int MAX_CLIENTS = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long PAUSE_NANOS = 100_000_000;

    private final ShellSocket socket;
    private final String hello;
    private final Request.Parser parser;
    private final int maxClients;
    private final ClientTimeout patience;
    private final Semaphore seats;
    private final Set<FrameChannel> clients = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(ShellServer::daemon);

    private ShellServer(
            ShellSocket socket, String hello, Request.Parser parser, int maxClients, ClientTimeout patience) {
        this.socket = socket;
        this.hello = hello;
        this.parser = parser;
        this.maxClients = maxClients;
        this.patience = patience;
        seats = new Semaphore(maxClients);
    }

    /**
     * Returns a server that listens.
     *
     * @param hello what it says to each client
     * @throws IOException if it cannot listen there; the message says why
     */
    static ShellServer open(Path path, String hello, Request.Parser parser) throws IOException {
        return open(path, hello, parser, MAX_CLIENTS, ClientTimeout.of(PATIENCE, ShellServer::daemon));
    }

    /** Returns one with limits of its own; it closes {@code patience} when it is closed. */
    static ShellServer open(Path path, String hello, Request.Parser parser, int maxClients, ClientTimeout patience)
            throws IOException {
        ShellServer server = new ShellServer(ShellSocket.bind(path), hello, parser, maxClients, patience);
        server.threads.execute(server::accept);
        return server;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "weir-shell");
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        Runnable turn = Supervision.task("weir-shell", this::acceptOne, LOG::error);
        while (socket.channel().isOpen() && !threads.isShutdown()) {
            turn.run();
        }
    }

    private void acceptOne() {
        try {
            admit(new FrameChannel(socket.channel().accept(), patience, threads));
        } catch (ClosedChannelException | RejectedExecutionException e) {
            LOG.debug("the shell takes no more clients", e);
        } catch (IOException e) {
            REFUSALS.write(() -> "the shell cannot take a client: " + e);
            // out of file descriptors, say: it would be the same at once
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void admit(FrameChannel client) {
        Connection connection = new Connection(client, hello, parser, threads);
        if (!seats.tryAcquire()) {
            threads.execute(
                    () -> connection.turnAway("%d clients are connected, more are not served".formatted(maxClients)));
            return;
        }
        clients.add(client);
        try {
            threads.execute(() -> {
                try {
                    connection.serve();
                } finally {
                    leave(client);
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            client.close();
            leave(client);
            throw e;
        }
    }

    private void leave(FrameChannel client) {
        clients.remove(client);
        seats.release();
    }

    /**
     * Disconnects everybody, interrupts what they asked for, and waits a moment for it to end. A command may do this to
     * its own shell, by an update say, and goes on afterwards: it is interrupted in here and not later.
     */
    @Override
    public void close() throws IOException {
        socket.close();
        clients.forEach(FrameChannel::close);
        patience.close();
        threads.shutdownNow();
        boolean ended = false;
        while (!ended) {
            ended = awaitEnd();
        }
        if (Thread.interrupted()) {
            LOG.debug("interrupted with the last of its clients");
        }
    }

    /** Returns false if it was interrupted. */
    private boolean awaitEnd() {
        try {
            if (!threads.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("a shell command goes on although it was interrupted");
            }
            return true;
        } catch (InterruptedException e) {
            LOG.debug("a command of this shell stops it: {}", e.toString());
            return false;
        }
    }
}
