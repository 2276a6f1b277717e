package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.FarConnection;
import dev.weir.backend.nbd.protocol.FarExport;
import dev.weir.block.BlockError;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.log.RateLimitedLog;
import dev.weir.nbd.spec.Nbd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one device between their submission and completion. It holds them while no connection to the server
 * is up. After a connection was lost it replays the unflushed writes and then re-sends the unanswered requests. It
 * fails them if the server stays silent. Two changes of the same bytes are never in flight together. See {@code
 * docs/design/decisions/032-nbd-reconnect.md}.
 *
 * <p>Confined to the thread of the loop except {@link #held}.
 */
final class RequestFlow {
    /** Most writes that are sent again at once. */
    private static final int MAX_REPLAYS = 64;

    /** The connections below this flow. */
    interface Connections {

        /** Returns the connection for the next command, or null while none is up. */
        @Nullable
        FarConnection connection();

        /** Ends all connections, and connects again. */
        void abandon(String why);
    }

    private final Connections connections;
    private final long timeoutNanos;
    private final UnflushedWrites unflushed;
    private final RateLimitedLog log;
    private final RateLimitedLog failures;
    private final SilenceWatch silence;

    /** Exchanges that wait for a connection, oldest first. */
    private final Deque<Exchange> waiting = new ArrayDeque<>();

    /** Changes that wait for the answer to an earlier change of the same bytes. */
    private final Deque<Exchange> blocked = new ArrayDeque<>();

    /** Exchanges that were sent and are not completed, including the answered ones in {@link #needFlush}. */
    private final List<Exchange> sent = new ArrayList<>();

    /** Answered changes that complete after a flush. */
    private final Deque<Exchange> needFlush = new ArrayDeque<>();

    /** Unflushed writes that must reach the server before any other request. */
    private final Deque<Exchange> replays = new ArrayDeque<>();

    /** The requests that are held now, for {@link #held}. */
    private final Set<Exchange> held = ConcurrentHashMap.newKeySet();

    private @Nullable FarExport export;

    /** Whether replays are done, so that requests can be sent. */
    private boolean open;

    /** Whether the timeout is over. New requests fail until a connection is up. */
    private boolean failing;

    /** Whether an answered write may be lost that no flush has made durable. */
    private boolean lost;

    private long sequence;
    private @Nullable Exchange ownFlush;

    RequestFlow(
            Clock clock,
            Executor loop,
            Connections connections,
            long timeoutNanos,
            UnflushedWrites unflushed,
            RateLimitedLog log,
            RateLimitedLog failures) {
        this.connections = connections;
        this.timeoutNanos = timeoutNanos;
        this.unflushed = unflushed;
        this.log = log;
        this.failures = failures;
        silence = new SilenceWatch(clock, loop, timeoutNanos, this::expire);
    }

    /** Returns the requests that wait for a connection. Thread-safe. */
    List<HeldRequest> held() {
        List<HeldRequest> list = new ArrayList<>();
        for (Exchange each : held) {
            if (each.request != null) {
                list.add(new HeldRequest(
                        each.request.client(),
                        each.operation,
                        each.offset,
                        each.length,
                        "no connection",
                        each.sinceNanos,
                        HeldRequest.UNKNOWN));
            }
        }
        return list;
    }

    /** Takes a request of the drive. */
    void submit(Exchange exchange) {
        if (failing) {
            exchange.complete(BlockError.EIO);
            return;
        }
        silence.begin();
        start(exchange);
    }

    private void start(Exchange exchange) {
        if (!open) {
            waiting.add(exchange);
            held.add(exchange);
        } else if (exchange.changesData() && isBusy(exchange)) {
            blocked.add(exchange);
        } else {
            send(exchange);
        }
    }

    private boolean isBusy(Exchange change) {
        for (Exchange each : sent) {
            if (each.changesData() && each.overlaps(change)) {
                return true;
            }
        }
        return false;
    }

    private void send(Exchange exchange) {
        FarExport to = export;
        if (to == null) {
            throw new IllegalStateException("no connection");
        }
        BlockError unusable = exchange.prepare();
        if (unusable != null) {
            silence.end(1);
            exchange.complete(unusable);
            return;
        }
        exchange.index = sent.size();
        sent.add(exchange);
        if (answerHere(exchange, to)) {
            return;
        }
        if (exchange.operation == Operation.FLUSH) {
            exchange.sequence = sequence;
        }
        pump(exchange, to);
    }

    /** Answers requests that the server does not support. */
    private boolean answerHere(Exchange exchange, FarExport to) {
        boolean supported =
                switch (exchange.operation) {
                    case FLUSH -> to.has(Nbd.NBD_FLAG_SEND_FLUSH);
                    case TRIM -> to.has(Nbd.NBD_FLAG_SEND_TRIM);
                    case CACHE -> to.has(Nbd.NBD_FLAG_SEND_CACHE);
                    case BLOCK_STATUS -> to.allocationId() != FarExport.NO_ALLOCATION;
                    case FAST_ZERO -> to.has(Nbd.NBD_FLAG_SEND_WRITE_ZEROES) && to.has(Nbd.NBD_FLAG_SEND_FAST_ZERO);
                    default -> true;
                };
        boolean failedFlush = lost && exchange.operation == Operation.FLUSH && exchange.request != null;
        if (failedFlush) {
            lost = false;
            log.write(() -> "a flush fails because the server may have lost answered writes before it");
            finish(exchange, BlockError.EIO);
        } else if (!supported) {
            if (exchange.operation == Operation.BLOCK_STATUS && exchange.request != null) {
                exchange.request.extent(exchange.length, false);
            }
            finish(exchange, exchange.operation == Operation.FAST_ZERO ? BlockError.ENOTSUP : null);
        }
        return failedFlush || !supported;
    }

    private void pump(Exchange exchange, FarExport to) {
        while (exchange.hasNext()) {
            FarConnection connection = connections.connection();
            if (connection == null) {
                throw new IllegalStateException("no connection");
            }
            connection.submit(exchange.next(to, this::answered));
        }
    }

    private void answered(Exchange exchange, @Nullable BlockError error) {
        FarExport from = export;
        if (from == null) {
            throw new IllegalStateException("an answer without a connection");
        }
        pump(exchange, from);
        if (!exchange.isAnswered()) {
            return;
        }
        BlockError failure = exchange.error();
        if (failure != null || (exchange.request == null && exchange != ownFlush)) {
            if (failure != null && failure != BlockError.ENOTSUP && exchange.request != null) {
                failures.write(() -> "the server answers %s of %d bytes at %d with %s"
                        .formatted(exchange.operation, exchange.length, exchange.offset, failure));
            }
            finish(exchange, failure);
        } else if (exchange.operation == Operation.FLUSH) {
            flushed(exchange);
        } else if (exchange.changesData() && from.has(Nbd.NBD_FLAG_SEND_FLUSH)) {
            changed(exchange, from);
        } else {
            finish(exchange, null);
        }
    }

    /** Completes an answered change once a copy or a flush keeps it from being lost with the server. */
    private void changed(Exchange change, FarExport by) {
        change.sequence = ++sequence;
        // a trim that is lost with the server is harmless: its bytes have no defined contents
        boolean durable = !change.fua || by.has(Nbd.NBD_FLAG_SEND_FUA);
        if (durable && (change.operation == Operation.TRIM || unflushed.add(change, change.sequence))) {
            finish(change, null);
        } else {
            needFlush.add(change);
        }
        flushIfNeeded();
    }

    /** Sends a flush of this backend itself. */
    private void flushIfNeeded() {
        if (ownFlush == null && (unflushed.isHalfFull() || !needFlush.isEmpty())) {
            ownFlush = new Exchange(Operation.FLUSH, 0, 0, false, null);
            silence.begin();
            send(ownFlush);
        }
    }

    private void flushed(Exchange flush) {
        unflushed.flushedUpTo(flush.sequence);
        for (Exchange first = needFlush.peek();
                first != null && first.sequence <= flush.sequence;
                first = needFlush.peek()) {
            finish(needFlush.remove(), null);
        }
        finish(flush, null);
    }

    /** Completes a sent exchange. */
    private void finish(Exchange exchange, @Nullable BlockError error) {
        Exchange last = sent.remove(sent.size() - 1);
        if (last != exchange) {
            sent.set(exchange.index, last);
            last.index = exchange.index;
        }
        silence.end(1);
        if (exchange == ownFlush) {
            ownFlush = null;
            finishOwnFlush(error);
        } else if (exchange.request == null) {
            replayed(exchange, error);
        } else {
            exchange.complete(error);
        }
        if (!blocked.isEmpty() && exchange.changesData()) {
            unblock();
        }
    }

    private void finishOwnFlush(@Nullable BlockError error) {
        if (error != null) {
            log.write(() -> "the server fails to flush: " + error);
            List<Exchange> failed = List.copyOf(needFlush);
            needFlush.clear();
            failed.forEach(each -> finish(each, error));
        } else {
            flushIfNeeded();
        }
    }

    private void unblock() {
        List<Exchange> again = List.copyOf(blocked);
        blocked.clear();
        again.forEach(this::start);
    }

    /**
     * Goes on after a reconnect: replays the unflushed writes and then re-sends the held requests.
     *
     * @param downNanos how long none was up (ns)
     */
    void up(FarExport newExport, long downNanos) {
        export = newExport;
        failing = false;
        if (timeoutNanos > 0 && downNanos > timeoutNanos) {
            forgetUnflushed();
        }
        replays.addAll(unflushed.again());
        replay();
    }

    /** Re-sends unflushed writes, oldest first. Two of the same bytes are not in flight together. */
    private void replay() {
        for (Exchange next = replays.peek();
                next != null && sent.size() < MAX_REPLAYS && !isBusy(next);
                next = replays.peek()) {
            silence.begin();
            send(replays.remove());
        }
        if (replays.isEmpty() && sent.isEmpty() && !open) {
            open = true;
            List<Exchange> ready = List.copyOf(waiting);
            waiting.clear();
            held.clear();
            ready.forEach(this::start);
        }
    }

    private void replayed(Exchange write, @Nullable BlockError error) {
        if (error != null) {
            log.write(() ->
                    "the server fails to write %d bytes at %d again: %s".formatted(write.length, write.offset, error));
            lost = true;
        }
        replay();
    }

    /** Holds all requests because the connections are lost. {@link #up} re-sends them. */
    void down() {
        open = false;
        export = null;
        ownFlush = null;
        replays.clear();
        needFlush.clear();
        List<Exchange> again = new ArrayList<>(sent);
        again.addAll(blocked);
        again.addAll(waiting);
        sent.clear();
        blocked.clear();
        waiting.clear();
        for (Exchange each : again) {
            if (each.request == null) {
                silence.end(1);
            } else {
                each.reset();
                waiting.add(each);
                held.add(each);
            }
        }
    }

    /** Notes a sign of life of the server. */
    void progress() {
        silence.progress();
    }

    /** Fails all requests because the server was silent for too long. */
    private void expire() {
        failing = true;
        connections.abandon("no sign of life for " + timeoutNanos / 1_000_000_000L + " s");
        forgetUnflushed();
        failAll(BlockError.EIO);
    }

    private void forgetUnflushed() {
        lost |= !unflushed.isEmpty();
        unflushed.clear();
    }

    private void failAll(BlockError error) {
        Collection<Exchange> failed = List.copyOf(waiting);
        waiting.clear();
        held.clear();
        silence.end(failed.size());
        failed.forEach(each -> each.complete(error));
    }

    /** Ends the flow. No request is outstanding. */
    void close() {
        silence.close();
        unflushed.clear();
        failing = true;
        failAll(BlockError.ESHUTDOWN);
    }
}
