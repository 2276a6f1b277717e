package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.ClientLoop;
import dev.weir.backend.nbd.connection.FarConnection;
import dev.weir.backend.nbd.connection.Target;
import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import dev.weir.nbd.spec.Nbd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one device to its server. If one of them ends, all are closed and made again, because the server
 * may have restarted.
 *
 * <p>Confined to the thread of the loop except {@link #condition}, {@link #reconnects} and {@link #size}.
 */
final class Link implements FarConnection.Listener, RequestFlow.Connections {
    /** Longest time from the look-up of a server to the end of the handshake. */
    private static final long HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MAX_SHOWN = 300;

    /** The longest outage that the log has in one line, at its end. A longer one has a line at its begin too. */
    private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The time since when and the reason why no connection is up. */
    private record Outage(long sinceNanos, String why) {}

    private final DeviceOptions options;
    private final ClientLoop loop;
    private final Executor blocking;
    private final Clock clock;
    private final RateLimitedLog log;
    private final CompletableFuture<FarExport> opened = new CompletableFuture<>();
    private final Timer deadline;
    private final Timer retry;
    private final Timer late;
    private final List<FarConnection> connections = new ArrayList<>();
    private @Nullable RequestFlow flow;

    /** Addresses of the current attempt that are left to try. */
    private List<Target> targets = List.of();

    /** The connection of the current attempt. */
    private @Nullable FarConnection attempt;

    /** The number of the last attempt. Results of earlier ones are ignored. */
    private int attempts;

    private boolean attempting;
    private long deadlineNanos;

    private @Nullable FarExport first;
    private @Nullable FarExport current;

    /** The last size of the export (bytes). */
    private volatile long size;

    /** A smaller size that the drive shall have (bytes); 0 for none. */
    private long permittedSize;

    /** Completed when connections are up. Null if nothing waits for that. */
    private @Nullable CompletableFuture<Long> renewed;

    /** Whether the server has answered since the connections are up. */
    private boolean progressed;

    private long pauseNanos;
    private boolean closed;

    private volatile @Nullable Outage outage;

    /** Whether the log has the begin of the outage. */
    private boolean isReported;

    /** Number of times that connections came up again. */
    private final AtomicLong reconnects = new AtomicLong();

    Link(DeviceOptions options, ClientLoop loop, Executor blocking, Clock clock, RateLimitedLog log) {
        this.options = options;
        this.loop = loop;
        this.blocking = blocking;
        this.clock = clock;
        this.log = log;
        deadline = clock.timer(() -> loop.execute(this::checkDeadline));
        retry = clock.timer(() -> loop.execute(this::attempt));
        late = clock.timer(() -> loop.execute(this::report));
    }

    /**
     * Begins to make the first connection.
     *
     * @param requests the requests above these connections
     */
    void open(RequestFlow requests) {
        flow = requests;
        attempt();
    }

    /**
     * Waits for the first connection.
     *
     * @throws IOException if the server does not serve the export
     */
    FarExport awaitOpen() throws IOException, InterruptedException {
        try {
            return opened.get(2 * HANDSHAKE_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(options.uri() + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException(options.uri() + ": the backend stops", e);
        }
    }

    /** Returns why no connection is up and for how long; empty if one is. Thread-safe. */
    String condition() {
        Outage now = outage;
        return now == null
                ? ""
                : "no connection to %s for %.1f s: %s"
                        .formatted(options.uri(), (clock.nanoTime() - now.sinceNanos) / 1e9, now.why);
    }

    /** Returns how often connections came up again after they were lost. Thread-safe. */
    long reconnects() {
        return reconnects.get();
    }

    /** Returns the last size of the export (bytes). Thread-safe. */
    long size() {
        return size;
    }

    /**
     * Permits one smaller size.
     *
     * @param newSize the size (bytes); 0 ends the permission
     */
    void permit(long newSize) {
        permittedSize = newSize;
        if (newSize > 0 && connections.isEmpty()) {
            attempt();
        }
    }

    /**
     * Connects again to see the size of the export, unless it is the wanted one already.
     *
     * @param seen completed with the size when connections are up
     */
    void lookAtSize(long wanted, CompletableFuture<Long> seen) {
        if (!connections.isEmpty() && size == wanted) {
            seen.complete(size);
            return;
        }
        renewed = seen;
        abandon("its size is looked at");
        attempt();
    }

    @Override
    public @Nullable FarConnection connection() {
        FarConnection best = null;
        for (FarConnection each : connections) {
            if (best == null || each.inFlight() < best.inFlight()) {
                best = each;
            }
        }
        return best;
    }

    private void attempt() {
        if (closed || attempting || connections.size() >= wanted()) {
            return;
        }
        attempting = true;
        int number = ++attempts;
        deadlineNanos = clock.nanoTime() + HANDSHAKE_NANOS;
        deadline.arm(deadlineNanos);
        blocking.execute(() -> lookUp(number));
    }

    private int wanted() {
        return current != null && current.has(Nbd.NBD_FLAG_CAN_MULTI_CONN) ? options.connections() : 1;
    }

    private void lookUp(int number) {
        try {
            List<Target> found = options.targets();
            loop.execute(() -> found(number, found));
        } catch (IOException | RuntimeException e) {
            loop.execute(() -> notFound(number, String.valueOf(e.getMessage())));
        }
    }

    private void found(int number, List<Target> found) {
        if (number == attempts && !closed) {
            targets = new ArrayList<>(found);
            connectNext("");
        }
    }

    private void notFound(int number, String why) {
        if (number == attempts && !closed) {
            attemptFailed(why);
        }
    }

    private void connectNext(String why) {
        String last = why;
        while (!targets.isEmpty()) {
            try {
                attempt = FarConnection.connect(loop, targets.remove(0), this);
                return;
            } catch (IOException | RuntimeException e) {
                last = String.valueOf(e.getMessage());
            }
        }
        attemptFailed(last);
    }

    private void checkDeadline() {
        if (!attempting || clock.nanoTime() - deadlineNanos < 0) {
            return;
        }
        stopAttempt();
        attemptFailed("no answer within " + TimeUnit.NANOSECONDS.toSeconds(HANDSHAKE_NANOS) + " s");
    }

    private void attemptFailed(String why) {
        stopAttempt();
        String reason = PlainText.of(why, MAX_SHOWN);
        if (first == null) {
            closed = true;
            opened.completeExceptionally(new IOException(reason));
            return;
        }
        Outage now = outage;
        if (now != null) {
            outage = new Outage(now.sinceNanos, reason);
        }
        retryLater();
    }

    private void retryLater() {
        pauseNanos = Math.min(Math.max(2 * pauseNanos, FIRST_PAUSE_NANOS), LONGEST_PAUSE_NANOS);
        retry.arm(clock.nanoTime() + (current == null ? pauseNanos : LONGEST_PAUSE_NANOS));
    }

    @Override
    public void established(FarConnection connection, FarExport export) {
        attempt = null; // it must survive the end of the attempt
        stopAttempt();
        FarExport up = current;
        if (up != null && export.isResized(up)) {
            connection.close();
            abandon("its export has another size");
            return;
        }
        String refusal = up != null && !export.equals(up)
                ? "its connections differ"
                : first == null ? null : export.differsFrom(first, size, permittedSize);
        if (refusal != null) {
            connection.close();
            attemptFailed(refusal);
            return;
        }
        connections.add(connection);
        if (up == null) {
            goUp(export);
        }
        attempt();
    }

    private void goUp(FarExport export) {
        boolean isExpected = renewed != null || export.size() != size;
        current = export;
        size = export.size();
        progressed = false;
        Outage before = outage;
        long downNanos = before == null ? 0 : clock.nanoTime() - before.sinceNanos;
        if (first == null) {
            first = export;
            opened.complete(export);
        }
        if (before != null) {
            outage = null;
            late.disarm();
            reconnects.incrementAndGet();
            if (isReported) {
                log.write(() -> "connected to %s again after %.1f s".formatted(options.uri(), downNanos / 1e9));
            } else if (!isExpected) { // a change of the size needs new connections
                log.write(() -> "the connection to %s was lost and is back after %.1f s: %s"
                        .formatted(options.uri(), downNanos / 1e9, before.why));
            }
        }
        flow().up(export, downNanos);
        CompletableFuture<Long> waiting = renewed;
        if (waiting != null) {
            renewed = null;
            waiting.complete(export.size());
        }
    }

    private void report() {
        Outage now = outage;
        if (now != null && !closed && !isReported && clock.nanoTime() - now.sinceNanos >= SHORT_NANOS) {
            isReported = true;
            log.write(() -> "no connection to " + options.uri() + ": " + now.why);
        }
    }

    private RequestFlow flow() {
        if (flow == null) {
            throw new IllegalStateException("not opened");
        }
        return flow;
    }

    @Override
    public void failed(FarConnection connection, String why) {
        if (connection == attempt) {
            attempt = null;
            connectNext(why);
        } else if (connections.contains(connection)) {
            abandon(why);
        }
    }

    @Override
    public void abandon(String why) {
        if (closed || connections.isEmpty()) {
            return;
        }
        List<FarConnection> ended = List.copyOf(connections);
        connections.clear();
        current = null;
        stopAttempt();
        ended.forEach(FarConnection::close);
        String reason = PlainText.of(why, MAX_SHOWN);
        long now = clock.nanoTime();
        outage = new Outage(now, reason);
        isReported = false;
        late.arm(now + SHORT_NANOS);
        flow().down();
        if (progressed) {
            attempt();
        } else {
            retryLater();
        }
    }

    private void stopAttempt() {
        attempts++;
        attempting = false;
        targets = List.of();
        retry.disarm();
        deadline.disarm();
        FarConnection ended = attempt;
        attempt = null;
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public void progress() {
        if (current != null) {
            progressed = true;
            pauseNanos = 0;
            flow().progress();
        }
    }

    /** Ends all connections. */
    void close() {
        closed = true;
        stopAttempt();
        late.disarm();
        connections.forEach(FarConnection::close);
        connections.clear();
        current = null;
        opened.completeExceptionally(new IOException("the device is closed"));
    }
}
