package dev.weir.nbd.connection;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection from their receipt until their replies have been written: it counts them and their memory,
 * bounds both, and keeps the objects for reuse.
 *
 * <p>Guarded by the {@link ReplyQueue} of the connection.
 */
final class InFlight {
    /** Requests that are kept for reuse. */
    private static final int MAX_SPARE_REQUESTS = 256;

    private static final int NOT_AWAITED = -1;

    private final ClientQuotas limits;
    private final Budget budget;
    private final DriveAccount account;
    private final Runnable again;

    private int requests;

    /** What the requests carry, and what of it is taken of the drive's share, in bytes. */
    private long carriedBytes;

    private long sharedBytes;

    /** The number of requests at which the connection waits for room. */
    private int awaitedRequests = NOT_AWAITED;

    /** Whether the connection waits for the share. Cleared by any thread. */
    private volatile boolean awaitsShare;

    private @Nullable NbdRequest spares;
    private int spareCount;

    /**
     * Makes one for a connection that has nothing in flight.
     *
     * @param roomAgain told when there may be room again
     */
    InFlight(ClientQuotas limits, Budget budget, DriveAccount account, Runnable roomAgain) {
        this.limits = limits;
        this.budget = budget;
        this.account = account;
        again = () -> {
            awaitsShare = false;
            roomAgain.run();
        };
    }

    /**
     * Counts a request in. Of a write whose payload has no room in the share of the drive only the header is counted: {@link
     * NbdRequest#isDeferred} says so.
     *
     * @param carries what it carries, in bytes
     * @param payload whether that is a payload, which a limit may hold
     * @param newRequest makes one if there is none to use again
     * @return null if it is too many or too much; {@code roomAgain} follows
     */
    @Nullable
    NbdRequest begin(long carries, boolean payload, Supplier<NbdRequest> newRequest) {
        long cost = Budget.cost(carries);
        if (requests == limits.maxRequests() || carriedBytes + cost > limits.maxRequestBytes()) {
            awaitedRequests = limits.maxRequests() / 2;
            return null;
        }
        long shared = takeShare(payload ? cost : Budget.MIN_COST);
        if (shared == 0) {
            return null;
        }
        NbdRequest request = spares;
        if (request == null) {
            request = newRequest.get();
        } else {
            spares = request.next;
            spareCount--;
        }
        requests++;
        carriedBytes += cost;
        sharedBytes += shared;
        request.count(cost, shared);
        request.next = null;
        return request;
    }

    /** Returns what was taken of the share: all, the least that a request costs, or nothing. */
    private long takeShare(long cost) {
        long shared = tryShare(cost);
        if (shared == 0 && !awaitsShare) {
            awaitsShare = true;
            account.queued.await(again);
            shared = tryShare(cost); // there may have been room a moment ago
        }
        if (shared > 0) {
            stopAwaiting();
        }
        return shared;
    }

    private long tryShare(long cost) {
        if (budget.take(account, sharedBytes, cost)) {
            return cost;
        }
        boolean header = cost > Budget.MIN_COST && budget.take(account, sharedBytes, Budget.MIN_COST);
        return header ? Budget.MIN_COST : 0;
    }

    private void stopAwaiting() {
        if (awaitsShare) {
            account.queued.forget(again);
            awaitsShare = false;
        }
    }

    /** Counts out linked requests. */
    void retire(@Nullable NbdRequest linked) {
        NbdRequest request = linked;
        long shared = 0;
        long transferred = 0;
        while (request != null) {
            NbdRequest after = request.next;
            requests--;
            carriedBytes -= request.carriedBytes();
            shared += request.sharedBytes();
            transferred += request.takeTransferredBytes();
            if (spareCount < MAX_SPARE_REQUESTS) {
                request.next = spares;
                spares = request;
                spareCount++;
            }
            request = after;
        }
        if (shared > 0) {
            budget.give(account, sharedBytes, shared);
            sharedBytes -= shared;
        }
        if (transferred > 0) {
            budget.transfers().give(account.transfers, transferred);
        }
    }

    /** Returns whether the connection is to be told that there is room; it is told once. */
    boolean isRoomAgain() {
        boolean roomAgain = requests <= awaitedRequests && carriedBytes <= limits.maxRequestBytes() / 2;
        if (roomAgain) {
            awaitedRequests = NOT_AWAITED;
        }
        return roomAgain;
    }

    /** Returns whether nothing is in flight; if not, {@code roomAgain} follows when that is so. */
    boolean isDone() {
        awaitedRequests = requests == 0 ? NOT_AWAITED : 0;
        return requests == 0;
    }

    /** Waits for nothing any more. */
    void close() {
        stopAwaiting();
    }
}
