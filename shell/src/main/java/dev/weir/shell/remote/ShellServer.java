package dev.weir.shell.remote;

import dev.weir.log.FailureText;
import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.DaemonThreads;
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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the socket and serves up to a maximum number of clients, each on its own threads.
 *
 * <p>Thread-safe.
 */
final class ShellServer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);
    private static final RateLimitedLog REFUSALS = new RateLimitedLog("the shell: refused clients", LOG::warn);
    private static final int MAX_CLIENTS = 64;
    private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(30);
    private static final long PAUSE_NANOS = 100_000_000;
    private static final ThreadFactory THREADS = DaemonThreads.named("weir-shell");

    private final ShellSocket socket;
    private final String hello;
    private final Request.Parser parser;
    private final int maxClients;
    private final ClientTimeout timeout;
    private final Semaphore seats;
    private final Set<FrameChannel> clients = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(THREADS);

    private ShellServer(
            ShellSocket socket, String hello, Request.Parser parser, int maxClients, ClientTimeout timeout) {
        this.socket = socket;
        this.hello = hello;
        this.parser = parser;
        this.maxClients = maxClients;
        this.timeout = timeout;
        seats = new Semaphore(maxClients);
    }

    /**
     * Opens a server for up to 64 clients with a timeout of 30 s.
     *
     * @param hello the server's hello to each client
     * @throws IOException if the socket cannot be bound; the message gives the reason
     */
    static ShellServer open(Path path, String hello, Request.Parser parser) throws IOException {
        return open(path, hello, parser, MAX_CLIENTS, ClientTimeout.of(CLIENT_TIMEOUT, THREADS));
    }

    /** Opens a server with the given limits. Closing the server also closes {@code timeout}. */
    static ShellServer open(Path path, String hello, Request.Parser parser, int maxClients, ClientTimeout timeout)
            throws IOException {
        ShellServer server = new ShellServer(ShellSocket.bind(path), hello, parser, maxClients, timeout);
        server.threads.execute(server::accept);
        return server;
    }

    private void accept() {
        Runnable turn = Supervision.task("weir-shell", this::acceptOne, LOG::error);
        while (socket.channel().isOpen() && !threads.isShutdown()) {
            turn.run();
        }
    }

    private void acceptOne() {
        try {
            admit(new FrameChannel(socket.channel().accept(), timeout, threads));
        } catch (ClosedChannelException | RejectedExecutionException e) {
            LOG.debug("the shell accepts no more clients", e);
        } catch (IOException e) {
            REFUSALS.write(() -> "the shell cannot accept a client: " + FailureText.of(e));
            // pauses because the cause persists, for example a lack of file descriptors
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void admit(FrameChannel client) {
        Connection connection = new Connection(client, hello, parser, threads);
        if (!seats.tryAcquire()) {
            threads.execute(() -> connection.turnAway(
                    "%d clients are connected, which is the maximum; retry later".formatted(maxClients)));
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
     * Disconnects all clients, interrupts their commands and waits up to 2 s for their end. A command may close its
     * own shell, for example by updating the bundle. It is interrupted inside this method and not afterwards, so its
     * update continues.
     */
    @Override
    public void close() throws IOException {
        socket.close();
        clients.forEach(FrameChannel::close);
        timeout.close();
        threads.shutdownNow();
        boolean ended = false;
        while (!ended) {
            ended = awaitEnd();
        }
        if (Thread.interrupted()) {
            LOG.debug("interrupted while the last client ended");
        }
    }

    /** Returns false if the wait was interrupted. */
    private boolean awaitEnd() {
        try {
            if (!threads.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("a shell command still runs although it was interrupted");
            }
            return true;
        } catch (InterruptedException e) {
            LOG.debug("interrupted by a command that closes its own shell: {}", e.toString());
            return false;
        }
    }
}
