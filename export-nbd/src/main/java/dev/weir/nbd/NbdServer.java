package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.drive.export.ExportBounds;
import dev.weir.nbd.connection.ClientQuotas;
import dev.weir.nbd.connection.Connection;
import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.HandshakeConnection;
import dev.weir.nbd.connection.ServerState;
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
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
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

/**
 * The server: its threads, what it listens on and its connections. The first loop accepts connections, all of
 * them serve some.
 *
 * <p>Thread-safe.
 */
final class NbdServer {
    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);
    /** Direct memory kept for reuse by all threads together, in bytes. */
    static final long MAX_SPARE_BYTES = 64L << 20;

    /** Most event loops that serve sockets. */
    static final int MAX_LOOPS = 4;

    private static final long STOP_MILLIS = 5_000;

    private final Exports exports;
    private final ServerState commons = new ServerState();
    private final PoolMemory memory = new PoolMemory();

    /** By configured address; what is open. Guarded by this object. */
    private final Map<String, ListenSocket> sockets = new LinkedHashMap<>();

    /** Guarded by this object. */
    private final List<String> faults = new ArrayList<>();

    private volatile TlsPolicy security = TlsPolicy.OFF;

    private volatile List<EventLoop> loops = List.of();
    private volatile @Nullable TickTimer timer;

    /** For the first loop's thread only. */
    private int accepted;

    /** Makes a server that does nothing before {@link #start}. */
    NbdServer(Exports exports) {
        this.exports = exports;
        exports.onCount(commons::drives);
        memory.max(commons.limits().maxTotalBytes());
    }

    /**
     * Starts the threads.
     *
     * @throws IOException if the system has no descriptors for them; nothing runs then
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

    /** Says what clients may take, from now on. */
    void limit(ClientQuotas limits) {
        commons.limits(limits);
        memory.max(limits.maxTotalBytes());
    }

    /** Says how long each thread looks for more to do before it sleeps, in nanoseconds; 0 to sleep at once. */
    void busyPoll(long nanos) {
        loops.forEach(loop -> loop.busyPoll(nanos));
    }

    /** Returns what clients may take, and have. */
    ExportBounds bounds() {
        return commons.bounds();
    }

    /** Returns what the connections share, for tests. */
    ServerState commons() {
        return commons;
    }

    /** Returns the threads, for tests. */
    List<EventLoop> loops() {
        return loops;
    }

    /** Says how connections that come from now on stand to TLS; to be called before {@link #listen}. */
    void secure(TlsPolicy newSecurity) {
        security = newSecurity;
    }

    /** Listens on these addresses and no others; those that stay notice nothing. */
    synchronized void listen(List<String> addresses) {
        sockets.entrySet()
                .removeIf(socket -> (!addresses.contains(socket.getKey()) || !security.allows(socket.getValue()))
                        && close(socket.getValue()));
        faults.clear();
        for (String address : new LinkedHashSet<>(addresses)) {
            if (!sockets.containsKey(address)) {
                open(address);
            }
        }
    }

    private void open(String address) {
        try {
            ListenSocket socket = ListenSocket.open(address);
            if (!security.allows(socket)) {
                socket.close();
                throw new IOException("whoever reaches it could read and change every drive: TLS must be on, or "
                        + "nbd.allow-plaintext-tcp");
            }
            sockets.put(address, socket);
            EventLoop first = loops.get(0);
            first.execute(() -> listen(socket, first));
            LOG.info("listening on {}", socket.address());
        } catch (IOException e) {
            String fault = address + ": " + reason(e);
            faults.add(fault);
            LOG.warn("cannot listen on {}", fault);
        }
    }

    private void listen(ListenSocket socket, EventLoop first) {
        try {
            first.register(
                    socket.channel(),
                    key -> new Listener(first, socket, key, (channel, client) -> accept(channel, client, socket)));
        } catch (IOException e) {
            LOG.error("{} accepts no clients: {}", socket.address(), e.getMessage());
            socket.close();
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException ? e.toString() : String.valueOf(e.getMessage());
    }

    /** Returns when the address is free, which is only after its selector has been asked again. */
    private boolean close(ListenSocket socket) {
        EventLoop first = loops.get(0);
        CountDownLatch free = new CountDownLatch(1);
        first.execute(() -> {
            socket.close();
            first.execute(free::countDown);
        });
        try {
            if (!free.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("{} is still not closed", socket.address());
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
            commons.complaints.cutOff(client, refusal);
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
            commons.complaints.cutOff(client, "it cannot be served: " + e.getMessage());
        } finally {
            if (!registered) {
                abandon(channel, leave);
            }
        }
    }

    /** Closes a connection that has no handler, after an exception or an Error. */
    private static void abandon(SocketChannel channel, Runnable leave) {
        Sockets.close(channel);
        leave.run();
    }

    /** Returns the addresses it has got, with the ports that were free. */
    synchronized List<String> addresses() {
        return sockets.values().stream().map(ListenSocket::address).toList();
    }

    /** Returns a line for each address that it cannot listen on. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** Returns the URIs of a drive, one for each address; those of a server that wants TLS where it does. */
    synchronized List<String> uris(String drive) {
        TlsPolicy now = security;
        return sockets.values().stream()
                .map(socket -> socket.uri(drive, now.modeOf(socket) == TlsMode.REQUIRED))
                .toList();
    }

    /** Returns how many connections use a drive, as far as the threads that serve them say so soon. */
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

    /** Ends the connections that use a drive and may no longer, without waiting for them. */
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
     * Accepts and takes nothing more, answers what has gone to a backend, and closes everything then.
     *
     * @param graceMillis how long that may take; what is not done then is given up
     * @param queued what becomes of requests that are held in a queue
     */
    synchronized void stop(long graceMillis, StopMode queued) {
        sockets.values().forEach(this::close);
        sockets.clear();
        forEachConnection(connection -> connection.serverStops(queued));
        loops.forEach(EventLoop::drain);
        try {
            CompletableFuture.allOf(loops.stream().map(EventLoop::ended).toArray(CompletableFuture<?>[]::new))
                    .get(graceMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("connections are cut off that were not done in {} ms", graceMillis);
        } catch (ExecutionException e) {
            LOG.error("a thread has failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** Closes everything. The first loop ends first: then nobody hands connections to the others any more. */
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
