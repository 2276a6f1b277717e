package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.engine.policy.PolicySlot;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The throttle of one drive: its queue in the tree of limits.
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

    private final BlockQueue queue;

    /** Creates the throttle of a closed drive without a group. */
    public Throttle(PolicySlot own, Clock clock) {
        queue = new BlockQueue(own, clock);
    }

    /**
     * Charges a request that may go now, or queues it. A queued request may be released before this returns.
     *
     * @param bytes the bytes to charge, 0 or more
     * @param sink the open drive that submits the request; the request is rejected if another one is open now
     */
    public Admission admit(Direction direction, BlockRequest request, long bytes, RequestSink sink) {
        for (; ; ) {
            ThrottleDomain at = queue.domain();
            synchronized (at) {
                if (at == queue.domain()) {
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

    /** Removes the requests that match from the queue. */
    public List<BlockRequest> withdraw(Predicate<BlockRequest> matches) {
        List<BlockRequest> withdrawn = locked(at -> queue.removeIf(matches));
        release();
        return withdrawn;
    }

    /** Removes all requests from the queue and rejects new ones. */
    public List<BlockRequest> close() {
        List<BlockRequest> withdrawn = locked(at -> {
            queue.sink = null;
            return queue.removeIf(all -> true);
        });
        release();
        return withdrawn;
    }

    /** Accepts the requests of this open drive. */
    public void open(RequestSink sink) {
        locked(at -> queue.sink = sink);
    }

    /** Inspects the queue or changes its limits under the lock. Only {@link #release} then releases due requests. */
    public <T> T locked(Function<ThrottleDomain, T> action) {
        return queue.locked(action);
    }

    /** Changes the limits or the policy. Then releases all due requests. */
    public void change(Consumer<PolicySlot> change) {
        locked(at -> {
            change.accept(queue.own);
            queue.limitsChanged();
            return at;
        });
        release();
    }

    public BlockQueue queue() {
        return queue;
    }

    /** Changes the size of the drive, with which limits may scale. Then releases all due requests. */
    public void size(long sizeBytes) {
        locked(at -> {
            queue.size(sizeBytes);
            return at;
        });
        release();
    }

    /** Releases all due requests. */
    public void release() {
        queue.release();
    }

    /** Moves the queue under another group or none; see {@link TreeNode#moveTo}. */
    public void moveTo(@Nullable GroupNode to, Runnable change) {
        queue.moveTo(to, change);
    }
}
