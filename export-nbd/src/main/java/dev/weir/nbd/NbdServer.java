package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.drive.export.ExportBounds;
import dev.weir.log.FailureText;
import dev.weir.nbd.connection.Connection;
import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.HandshakeConnection;
import dev.weir.nbd.connection.StopMode;
import dev.weir.nbd.connection.TlsPolicy;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.net.ListenSocket;
import dev.weir.nbd.net.Listener;
import dev.weir.nbd.net.PoolMemory;
import dev.weir.nbd.net.Sockets;
import dev.weir.nbd.net.TickTimer;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.quota.ServerState;
import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The NBD server: threads, listening sockets and connections. The first event loop accepts connections and all loops
 * serve them.
 *
 * <p>Thread-safe.
 */
final class NbdServer {
    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);
    /** Direct memory that all threads together keep for reuse (bytes). */
    static final long MAX_SPARE_BYTES = 64L << 20;

    /** Most event loops. */
    static final int MAX_LOOPS = 4;

    private static final long STOP_MILLIS = 5_000;

    private static final String UNSAFE =
            "without TLS every client that reaches it could read and change all drives: set nbd.tls or "
                    + "nbd.allow-plaintext-tcp";

    private final Exports exports;
    private final ServerState commons = new ServerState();
    private final PoolMemory memory = new PoolMemory();

    /** Open sockets by configured address. Guarded by this object. */
    private final Map<String, ListenSocket> sockets = new LinkedHashMap<>();

    /** By configured address; the reason why it is not open. Guarded by this object. */
    private final Map<String, String> faults = new LinkedHashMap<>();

    private volatile SocketAccess access = SocketAccess.OWNER;

    private volatile TlsPolicy security = TlsPolicy.OFF;

    private volatile List<EventLoop> loops = List.of();
    private volatile @Nullable TickTimer timer;

    /** Confined to the thread of the first loop. */
    private int accepted;

    /** Makes a server that is idle until {@link #start}. */
    NbdServer(Exports exports) {
        this.exports = exports;
        exports.onCount(commons::drives);
        memory.max(commons.limits().maxTotalBytes());
    }

    /**
     * Starts the threads.
     *
     * @throws IOException if the system lacks descriptors for them. No thread runs then.
     */
    void start() throws IOException {
        int count = Math.min(Runtime.getRuntime().availableProcessors(), MAX_LOOPS);
        List<EventLoop> started = new ArrayList<>();
        TickTimer newTimer = TickTimer.start("weir-nbd-ticks");
        try {
            for (int i = 0; i < count; i++) {
                started.add(EventLoop.start(
                        "weir-nbd-" + i,
                        new BufferPool(MAX_SPARE_BYTES / count, ReplyWriter.MAX_DATA_HEADER_BYTES, memory),
                        newTimer));
            }
        } catch (IOException e) {
            started.forEach(EventLoop::stop);
            newTimer.close();
            throw e;
        }
        timer = newTimer;
        loops = List.copyOf(started);
    }

    /** Changes the quotas of clients. */
    void limit(ClientQuotas limits) {
        commons.limits(limits);
        memory.max(limits.maxTotalBytes());
    }

    /** Sets how long each thread polls before it sleeps (ns of processor time). At 0 it sleeps at once. */
    void busyPoll(long nanos) {
        loops.forEach(loop -> loop.busyPoll(nanos, loops));
    }

    /** Returns the quotas of clients and their usage. */
    ExportBounds bounds() {
        return commons.bounds();
    }

    /** Returns the shared state of the connections. For tests. */
    ServerState commons() {
        return commons;
    }

    /** Returns the event loops. For tests. */
    List<EventLoop> loops() {
        return loops;
    }

    /** Sets the TLS policy of new connections. Call it before {@link #listen}. */
    void secure(TlsPolicy newSecurity) {
        security = newSecurity;
    }

    /** Sets the access to Unix sockets. The next {@link #listen} opens sockets with another access again. */
    void allow(SocketAccess newAccess) {
        access = newAccess;
    }

    /** Listens on these addresses only. Addresses that stay are not interrupted. */
    synchronized void listen(List<String> addresses) {
        sockets.entrySet()
                .removeIf(socket -> (!addresses.contains(socket.getKey()) || !isAllowed(socket.getValue()))
                        && close(socket.getValue()));
        faults.keySet().retainAll(addresses);
        for (String address : new LinkedHashSet<>(addresses)) {
            if (!sockets.containsKey(address)) {
                open(address);
            }
        }
    }

    private boolean isAllowed(ListenSocket socket) {
        return security.allows(socket) && socket.has(access);
    }

    /**
     * Tries again the addresses that the system did not give.
     *
     * @return whether one of them is open now
     */
    synchronized boolean retry() {
        int before = sockets.size();
        List<String> failed = new ArrayList<>(faults.keySet());
        failed.removeIf(address -> UNSAFE.equals(faults.get(address)));
        failed.forEach(this::open);
        return sockets.size() > before;
    }

    private void open(String address) {
        try {
            ListenSocket socket = ListenSocket.open(address, access);
            if (!security.allows(socket)) {
                socket.close();
                throw new IOException(UNSAFE);
            }
            sockets.put(address, socket);
            // the end of a warning is as loud as the warning
            Level level = faults.remove(address) == null ? Level.INFO : Level.WARN;
            EventLoop first = loops.get(0);
            first.execute(() -> listen(socket, first));
            LOG.atLevel(level).log("listening on {}", socket.address());
        } catch (IOException e) {
            String fault = FailureText.of(e);
            if (!fault.equals(faults.put(address, fault))) {
                LOG.warn("cannot listen on {}: {}", address, fault);
            }
        }
    }

    private void listen(ListenSocket socket, EventLoop first) {
        try {
            first.register(
                    socket.channel(),
                    key -> new Listener(first, socket, key, (channel, client) -> accept(channel, client, socket)));
        } catch (IOException e) {
            LOG.error("{} accepts no clients: {}", socket.address(), FailureText.of(e));
            socket.close();
        }
    }

    /** Closes a socket and waits until its address is free. That is after the next select of its loop. */
    private boolean close(ListenSocket socket) {
        EventLoop first = loops.get(0);
        CountDownLatch free = new CountDownLatch(1);
        first.execute(() -> {
            socket.close();
            first.execute(free::countDown);
        });
        try {
            if (!free.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("{} is not closed after {} ms", socket.address(), STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info("no longer listening on {}", socket.address());
        return true;
    }

    private void accept(SocketChannel channel, String client, ListenSocket socket) {
        InetAddress peer = Sockets.peer(channel);
        String refusal = commons.seats.enter(peer);
        if (refusal != null) {
            Sockets.close(channel);
            commons.cutOffs.cutOff(client, refusal);
            return;
        }
        Runnable leave = () -> commons.seats.leave(peer);
        EventLoop loop = loops.get(accepted++ % loops.size());
        LOG.debug("{} has connected", client);
        boolean handedOver = false;
        try {
            loop.execute(() -> serve(channel, client, socket, loop, leave));
            handedOver = true;
        } finally {
            if (!handedOver) {
                abandon(channel, leave);
            }
        }
    }

    private void serve(SocketChannel channel, String client, ListenSocket socket, EventLoop loop, Runnable leave) {
        TlsPolicy now = security;
        boolean registered = false;
        try {
            loop.register(
                    channel,
                    key -> new HandshakeConnection(
                            loop, channel, key, client, exports, commons, leave, now.modeOf(socket), now.context()));
            registered = true;
        } catch (IOException e) {
            commons.cutOffs.cutOff(client, "it cannot be served: " + FailureText.of(e));
        } finally {
            if (!registered) {
                abandon(channel, leave);
            }
        }
    }

    /** Closes a connection that has no handler because of an exception. */
    private static void abandon(SocketChannel channel, Runnable leave) {
        Sockets.close(channel);
        leave.run();
    }

    /** Returns the bound addresses with their actual ports. */
    synchronized List<String> addresses() {
        return sockets.values().stream().map(ListenSocket::address).toList();
    }

    /** Returns one line for each address that could not be bound. */
    synchronized List<String> faults() {
        return faults.entrySet().stream()
                .map(fault -> fault.getKey() + ": " + fault.getValue())
                .toList();
    }

    /** Returns one line for each Unix socket that users cannot reach although its permissions allow them. */
    synchronized List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (ListenSocket socket : sockets.values()) {
            String obstacle = socket.obstacle();
            if (obstacle != null) {
                warnings.add(socket.address() + ": " + obstacle);
            }
        }
        return warnings;
    }

    /** Returns the NBD URIs of a drive: one for each address. Addresses that require TLS have {@code nbds} URIs. */
    synchronized List<String> uris(String drive) {
        TlsPolicy now = security;
        return sockets.values().stream()
                .map(socket -> socket.uri(drive, now.modeOf(socket) == TlsMode.REQUIRED))
                .toList();
    }

    /** Returns the number of connections that use a drive. A busy thread that does not answer in time counts as 0. */
    int clients(String drive) {
        int clients = 0;
        for (EventLoop loop : loops) {
            CompletableFuture<Integer> counted = new CompletableFuture<>();
            loop.execute(() -> counted.complete((int) loop.handlers().stream()
                    .filter(handler -> handler instanceof Connection connection && connection.uses(drive))
                    .count()));
            clients += counted.completeOnTimeout(0, STOP_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        }
        return clients;
    }

    /** Ends the connections that may no longer use a drive. Does not wait for them. */
    void driveChanged(Drive drive) {
        forEachConnection(connection -> {
            if (!exports.offers(drive)) {
                connection.driveGone(drive);
            } else if (!exports.allows(drive, connection.peer())) {
                connection.notAllowed(drive);
            }
        });
    }

    private void forEachConnection(Consumer<Connection> action) {
        for (EventLoop loop : loops) {
            loop.execute(() -> loop.forEachHandler(handler -> {
                if (handler instanceof Connection connection) {
                    action.accept(connection);
                }
            }));
        }
    }

    /**
     * Stops the server. Accepts nothing more and answers the requests at a backend. Then it closes everything.
     *
     * @param graceMillis the timeout for the pending requests
     * @param queued the treatment of held requests
     */
    synchronized void stop(long graceMillis, StopMode queued) {
        sockets.values().forEach(this::close);
        sockets.clear();
        faults.clear();
        forEachConnection(connection -> connection.serverStops(queued));
        loops.forEach(EventLoop::drain);
        try {
            CompletableFuture.allOf(loops.stream().map(EventLoop::ended).toArray(CompletableFuture<?>[]::new))
                    .get(graceMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("connections that are still busy after {} ms are cut off", graceMillis);
        } catch (ExecutionException e) {
            LOG.error("an event loop failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Closes everything at once. The first loop ends first because it passes connections to the other loops. */
    synchronized void close() {
        for (EventLoop loop : loops) {
            loop.stop();
            try {
                if (!loop.join(STOP_MILLIS)) {
                    LOG.warn("{} has not ended in {} ms", loop, STOP_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        TickTimer running = timer;
        if (running != null) {
            running.close();
        }
        sockets.values().forEach(ListenSocket::close);
        sockets.clear();
    }
}
