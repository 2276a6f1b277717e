package dev.weir.nbd.connection;

import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.quota.DriveAccount;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests in flight of one connection, from receipt until their replies are written. It enforces the quotas of
 * requests and memory and pools the request objects. At a quota {@link TransmissionConnection} stops reading, which is
 * the backpressure on the client.
 *
 * <p>Guarded by the {@link ReplyQueue} of the connection.
 */
final class InFlight {
    /** Most pooled request objects. */
    private static final int MAX_SPARE_REQUESTS = 256;

    private static final int NOT_AWAITED = -1;

    private final ClientQuotas limits;
    private final Budget budget;
    private final DriveAccount account;
    private final Runnable again;

    private int requests;

    /**
     * Memory of the requests in flight (bytes). {@link #sharedBytes} is the part of it from the share of the drive.
     */
    private long carriedBytes;

    private long sharedBytes;

    /** The number of requests in flight at or below which the connection is told to try again. */
    private int awaitedRequests = NOT_AWAITED;

    /** Whether the connection waits for the share of its drive. Any thread clears it. */
    private volatile boolean awaitsShare;

    private @Nullable NbdRequest spares;
    private int spareCount;

    /**
     * Makes a counter for a connection without requests.
     *
     * @param roomAgain called by any thread when the connection may try again
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
     * Reserves a slot and memory for a request. A write whose payload exceeds the share of its drive reserves only
     * its header. {@link NbdRequest#isDeferred} is true for such a write.
     *
     * @param carries the data of the request in either direction (bytes)
     * @param payload whether the data is the payload of a write, which a limit may hold
     * @param newRequest makes a request if none is pooled
     * @return the request. Null if the connection is at its quota; {@code roomAgain} is called when it may retry.
     */
    @Nullable
    NbdRequest begin(long carries, boolean payload, Supplier<NbdRequest> newRequest) {
        long cost = Budget.cost(carries);
        if (requests == limits.maxRequests() || carriedBytes + cost > limits.maxRequestBytes()) {
            awaitedRequests = limits.maxRequests() / 2;
            return null;
        }
        if (spares == null) {
            // before the share is taken, which would be lost if there is no memory for the request
            spares = newRequest.get();
            spareCount++;
        }
        long shared = takeShare(payload ? cost : Budget.MIN_COST);
        if (shared == 0) {
            return null;
        }
        NbdRequest request = spares;
        spares = request.next;
        spareCount--;
        requests++;
        carriedBytes += cost;
        sharedBytes += shared;
        request.count(cost, shared);
        request.next = null;
        return request;
    }

    /** Returns the bytes that were taken from the share: the whole cost, the least cost of a request or 0. */
    private long takeShare(long cost) {
        long shared = tryShare(cost);
        if (shared == 0 && !awaitsShare) {
            awaitsShare = true;
            account.queued.await(again);
            shared = tryShare(cost); // memory returned before the wait began would go unnoticed
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

    /** Frees the slots and the memory of linked requests. */
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

    /** Returns whether to tell the connection that it may retry. True once for each refusal. */
    boolean isRoomAgain() {
        boolean roomAgain = requests <= awaitedRequests && carriedBytes <= limits.maxRequestBytes() / 2;
        if (roomAgain) {
            awaitedRequests = NOT_AWAITED;
        }
        return roomAgain;
    }

    /** Returns whether no request is in flight. If false, {@code roomAgain} is called when that becomes true. */
    boolean isDone() {
        awaitedRequests = requests == 0 ? NOT_AWAITED : 0;
        return requests == 0;
    }

    /** Stops waiting for the share of the drive. */
    void close() {
        stopAwaiting();
    }
}
