package dev.weir.engine.throttle;

import dev.weir.clock.Clock;
import dev.weir.drive.DriveRequest;
import dev.weir.throttle.Direction;
import java.util.List;
import java.util.function.Function;

/**
 * The throttle of one drive: its queue, in the domain in which it is at the moment.
 *
 * <p>Thread-safe; every access to the queue is under the lock of its domain. Only one thread at a time moves
 * queues between domains: the one that has the engine's lock.
 */
public final class Throttle {

    /** What becomes of a request. */
    public enum Admission {
        /** It goes now. */
        GO,
        /** It is in the queue. */
        QUEUED,
        /** It is refused, for the queue is closed. */
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
     * Charges a request that may go now, or queues it, which may let it or others go at once.
     *
     * @param bytes with which it is charged, 0 or more
     * @param sink for which it is; refused if that is no longer the one that is open
     */
    public Admission admit(Direction direction, DriveRequest request, long bytes, RequestSink sink) {
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

    /** Takes the requests of a client out of the queue. */
    public List<DriveRequest> withdraw(Object client) {
        List<DriveRequest> withdrawn = locked(at -> at.withdraw(queue, client));
        release();
        return withdrawn;
    }

    /** Takes everything out of the queue and lets nothing more in. */
    public List<DriveRequest> close() {
        List<DriveRequest> withdrawn = locked(at -> {
            queue.sink = null;
            return at.withdraw(queue, null);
        });
        release();
        return withdrawn;
    }

    /** Lets requests in, for this storage. */
    public void open(RequestSink sink) {
        locked(at -> queue.sink = sink);
    }

    /** Looks at the queue, or changes its limits, under the lock; what can go then does not until {@link #release}. */
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

    /** Lets go what can go now. */
    public void release() {
        domain.release();
    }

    /**
     * Changes the limits and moves the queue with all that is in it, as one: nothing goes by the new limits in the old
     * domain, or the other way round. The domain it leaves goes on with the others'.
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

    /** A queue that was moved while a request of it was handed over could let nothing go until now. */
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
