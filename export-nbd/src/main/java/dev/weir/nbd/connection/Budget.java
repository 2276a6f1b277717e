package dev.weir.nbd.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory that the requests of all clients may have, in bytes, in four parts whose sum is the total.
 *
 * <ul>
 *   <li>The next request of each connection, and the input that it keeps: there is always room for that.
 *   <li>Input beyond that, which is kept only while no request waits for memory.
 *   <li>{@linkplain Shares Shares} of drives, for requests that a limit may hold for long: their headers, and the payload of writes.
 *   <li>{@linkplain TransferPool Transfers}: replies with data, and the payload of writes that had no room in the share of their drive.
 * </ul>
 *
 * <p>An amount is that of the buffer that holds it, so memory is never above what is counted. Thread-safe.
 */
public final class Budget {
    /** The least cost of a request: it takes heap, even if it carries nothing. */
    public static final long MIN_COST = 4 << 10;

    /** What each connection has for itself: its next request, and as much input. */
    static final long CONNECTION_BYTES = 2 * MIN_COST;

    /** Connections get at most one part in so many of the total, input that is kept one in {@link #KEPT_PART}. */
    static final int CONNECTIONS_PART = 4;

    private static final int KEPT_PART = 16;
    private static final long LONGEST_TRANSFER = 32L << 20;

    private final Shares shares = new Shares(MIN_COST);
    private final TransferPool transfers = new TransferPool();
    private final LongAdder first = new LongAdder();
    private final AtomicLong kept = new AtomicLong();
    private volatile long maxKept;

    /** Returns the cost of a request that carries so much: that of its buffer. */
    static long cost(long carries) {
        return carries <= MIN_COST ? MIN_COST : Long.highestOneBit(2 * carries - 1);
    }

    /** Returns how many connections fit into a total. */
    static int maxConnections(long total) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, total / CONNECTIONS_PART / CONNECTION_BYTES));
    }

    /**
     * Changes how much there is; what is in flight stays.
     *
     * @param connections how many there may be
     * @param drives how many share it
     * @param accounts all there are
     */
    void divide(long total, int connections, int drives, Iterable<DriveAccount> accounts) {
        long ofConnections = Math.min(total / CONNECTIONS_PART, connections * CONNECTION_BYTES);
        long ofTransfers = Math.max(3 * total / 8, Math.min(total / 2, LONGEST_TRANSFER));
        maxKept = total / KEPT_PART;
        transfers.total(ofTransfers);
        List<Shares.Account> queued = new ArrayList<>();
        accounts.forEach(account -> queued.add(account.queued));
        shares.divide(total - ofConnections - ofTransfers - maxKept, drives, queued);
    }

    DriveAccount newAccount(Shares connections) {
        return new DriveAccount(shares.newAccount(), connections.newAccount());
    }

    /**
     * Takes the cost of a request that a limit may hold. The first {@link #MIN_COST} of a connection are always there.
     *
     * @param own what the connection has taken already
     */
    boolean take(DriveAccount account, long own, long cost) {
        long shared = shared(own + cost) - shared(own);
        if (shared > 0 && !account.queued.take(shared)) {
            return false;
        }
        if (shared < cost) {
            first.add(cost - shared);
        }
        return true;
    }

    /**
     * Gives back the cost of requests that are done.
     *
     * @param own what the connection has taken before this
     */
    void give(DriveAccount account, long own, long cost) {
        long shared = shared(own) - shared(own - cost);
        if (shared < cost) {
            first.add(shared - cost);
        }
        if (shared > 0) {
            account.queued.give(shared);
        }
    }

    private static long shared(long own) {
        return Math.max(0, own - MIN_COST);
    }

    /** Returns the memory of requests that no limit holds. */
    TransferPool transfers() {
        return transfers;
    }

    /** Counts what a connection keeps that it has received and cannot take yet, enough or not; negative to undo it. */
    void keep(long bytes) {
        kept.addAndGet(bytes);
    }

    /** Returns whether so much more may be kept: up to a part of all is for that, and only while no request waits. */
    boolean hasRoomToKeep(long bytes) {
        return !isScarce() && kept.get() + bytes <= maxKept;
    }

    /** Returns whether a client waits for memory that others have. */
    boolean isScarce() {
        return shares.isScarce() || transfers.isScarce();
    }

    /** Returns what is guaranteed to each drive. */
    long guaranteed() {
        return shares.guaranteed();
    }

    /** Returns what is taken or kept. */
    public long used() {
        return first.sum() + shares.used() + transfers.used() + kept.get();
    }
}
