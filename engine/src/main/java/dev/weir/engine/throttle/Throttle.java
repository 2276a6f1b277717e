package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import java.util.List;
import java.util.function.Function;

/**
 * The throttle of one drive: its queue and its current domain.
 *
 * <p>Thread-safe. Every access to the queue holds the lock of its domain. Only the holder of the engine's lock moves
 * queues between domains.
 */
public final class Throttle {

    /** The outcome of an admission. */
    public enum Admission {
        /** The request goes now. */
        GO,
        /** The request is queued. */
        QUEUED,
        /** The queue is closed and rejects the request. */
        CLOSED
    }

    private final Clock clock;
    private final BlockQueue queue;
    private volatile ThrottleDomain domain;

    public Throttle(PolicySlot own, Clock clock, ThrottleDomain domain) {
        this.clock = clock;
        this.domain = domain;
        this.queue = new BlockQueue(own, clock, this::fire, this::handedOver);
    }

    /**
     * Charges a request that may go now, or queues it. A queued request may be released before this returns.
     *
     * @param bytes the bytes to charge, 0 or more
     * @param sink the storage of the request; it is rejected if another storage is open now
     */
    public Admission admit(Direction direction, BlockRequest request, long bytes, RequestSink sink) {
        for (; ; ) {
            ThrottleDomain at = domain;
            synchronized (at) {
                if (at == domain) {
                    if (queue.sink != sink) {
                        return Admission.CLOSED;
                    }
                    if (at.admit(queue, direction, request, bytes)) {
                        return Admission.GO;
                    }
                    break;
                }
            }
        }
        release();
        return Admission.QUEUED;
    }

    /** Removes the requests of a client from the queue. */
    public List<BlockRequest> withdraw(Object client) {
        List<BlockRequest> withdrawn = locked(at -> at.withdraw(queue, client));
        release();
        return withdrawn;
    }

    /** Removes all requests from the queue and rejects new ones. */
    public List<BlockRequest> close() {
        List<BlockRequest> withdrawn = locked(at -> {
            queue.sink = null;
            return at.withdraw(queue, null);
        });
        release();
        return withdrawn;
    }

    /** Accepts requests for this storage. */
    public void open(RequestSink sink) {
        locked(at -> queue.sink = sink);
    }

    /** Inspects the queue or changes its limits under the lock. Only {@link #release} then releases due requests. */
    public <T> T locked(Function<ThrottleDomain, T> action) {
        for (; ; ) {
            ThrottleDomain at = domain;
            synchronized (at) {
                if (at == domain) {
                    return action.apply(at);
                }
            }
        }
    }

    public BlockQueue queue() {
        return queue;
    }

    /** Releases all due requests. */
    public void release() {
        domain.release();
    }

    /**
     * Atomically changes the limits and moves the queue with its requests. No request is released by new limits in
     * the old domain or by old limits in the new one. The old domain then releases its own due requests.
     */
    public void moveTo(ThrottleDomain newDomain, Runnable change) {
        ThrottleDomain old = domain;
        synchronized (old) {
            synchronized (newDomain) {
                change.run();
                queue.limitsChanged();
                if (old != newDomain) {
                    old.leave(queue);
                    domain = newDomain;
                    newDomain.join(queue);
                }
            }
        }
        old.release();
        newDomain.release();
    }

    /**
     * Releases due requests of a queue that was moved during a hand-over, because it could release none until now.
     */
    private void handedOver(ThrottleDomain from) {
        if (domain != from) {
            domain.release();
        }
    }

    private void fire() {
        locked(at -> {
                    queue.fired(clock.nanoTime());
                    return at;
                })
                .release();
    }
}
