package dev.weir.nbd.quota;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory of the requests of all clients (bytes). It has four parts and their sum is the total.
 *
 * <ul>
 *   <li>A reserve of each connection for its next request and its kept input. It is always available.
 *   <li>Kept input beyond that reserve. It is limited. It is used only while no request waits for memory.
 *   <li>{@linkplain Shares Shares} of drives for requests that a limit may hold: headers and payloads of writes.
 *   <li>The {@linkplain TransferPool transfer pool}: data of replies and payloads beyond the share of their drive. It
 *       has a reserve for small ones.
 * </ul>
 *
 * <p>A request counts with the size of its buffer. So the memory in use never exceeds the counted memory.
 * Thread-safe. See {@code docs/design/decisions/025-memory-of-clients.md}.
 */
public final class Budget {
    /** Least cost of a request (bytes). A request without data takes heap too. */
    public static final long MIN_COST = 4 << 10;

    /** Reserve of each connection (bytes): its next request and as much input. */
    static final long CONNECTION_BYTES = 2 * MIN_COST;

    /** Divisor of the total for the reserves of all connections. Kept input gets one part in {@link #KEPT_PART}. */
    static final int CONNECTIONS_PART = 4;

    private static final int KEPT_PART = 16;

    /** Divisor of the total for small transfers of drives that have none. */
    private static final int RESERVE_PART = 32;

    private static final long LONGEST_TRANSFER = 32L << 20;

    private final Shares shares = new Shares(MIN_COST);
    private final TransferPool transfers = new TransferPool();
    private final LongAdder first = new LongAdder();
    private final AtomicLong kept = new AtomicLong();
    private volatile long maxKept;

    /** Returns the cost of a request (bytes): the size of the buffer for its data. */
    public static long cost(long carries) {
        return carries <= MIN_COST ? MIN_COST : Long.highestOneBit(2 * carries - 1);
    }

    /** Returns the number of connections whose reserves fit into a total (bytes). */
    static int maxConnections(long total) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, total / CONNECTIONS_PART / CONNECTION_BYTES));
    }

    /**
     * Changes the total. Requests in flight keep their memory.
     *
     * @param total the new total (bytes)
     * @param connections the largest number of connections
     * @param drives the number of drives that get a share
     * @param accounts the accounts of all drives
     */
    public void divide(long total, int connections, int drives, Iterable<DriveAccount> accounts) {
        long ofConnections = Math.min(total / CONNECTIONS_PART, connections * CONNECTION_BYTES);
        long ofReserve = total / RESERVE_PART;
        long ofTransfers = Math.max(3 * total / 8 - ofReserve, Math.min(total / 2, LONGEST_TRANSFER));
        maxKept = total / KEPT_PART;
        transfers.total(ofTransfers, ofReserve);
        List<Shares.Account> queued = new ArrayList<>();
        accounts.forEach(account -> queued.add(account.queued));
        shares.divide(total - ofConnections - ofTransfers - ofReserve - maxKept, drives, queued);
    }

    /** Returns the account of another drive with its parts of the connections and of those with TLS. */
    public DriveAccount newAccount(Shares connections, Shares secured) {
        return new DriveAccount(shares.newAccount(), connections.newAccount(), secured.newAccount());
    }

    /**
     * Takes the cost of a request that a limit may hold. The first {@link #MIN_COST} of a connection are always
     * available.
     *
     * @param own bytes that the connection holds already
     * @param cost bytes to take
     * @return whether the memory was taken
     */
    public boolean take(DriveAccount account, long own, long cost) {
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
     * Returns the cost of completed requests.
     *
     * @param own bytes that the connection holds before this call
     * @param cost bytes to return
     */
    public void give(DriveAccount account, long own, long cost) {
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

    /** Returns the memory of released requests. */
    public TransferPool transfers() {
        return transfers;
    }

    /**
     * Counts the unsent answers of a handshake (bytes). They use the reserve of the connection, which has no request
     * yet. A negative number undoes it.
     */
    public void answer(long bytes) {
        first.add(bytes);
    }

    /**
     * Counts input that a connection keeps until it can be accepted (bytes). It may exceed the limit. A negative
     * number undoes it.
     */
    public void keep(long bytes) {
        kept.addAndGet(bytes);
    }

    /** Returns whether that many more bytes of input may be kept. Always false while a request waits for memory. */
    public boolean hasRoomToKeep(long bytes) {
        return !isScarce() && kept.get() + bytes <= maxKept;
    }

    /** Returns whether a request waits for memory that other requests hold. */
    public boolean isScarce() {
        return shares.isScarce() || transfers.isScarce();
    }

    /** Returns the guaranteed share of each drive (bytes). */
    long guaranteed() {
        return shares.guaranteed();
    }

    /** Returns the memory of requests in flight and of kept input (bytes). */
    public long used() {
        return first.sum() + shares.used() + transfers.used() + kept.get();
    }
}
