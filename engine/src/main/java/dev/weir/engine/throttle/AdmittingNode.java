package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.engine.policy.PolicySlot;
import org.jspecify.annotations.Nullable;

/**
 * The admission of a node in the tree of limits. It caches which requests the node's own limits and those below it
 * admit: at most one read and one write, the next in turn.
 *
 * <p>It is a superclass instead of a field of the node because every release reads it. Guarded by the lock of the
 * {@link ThrottleDomain}.
 */
abstract sealed class AdmittingNode permits TreeNode {

    /** The limits of this drive or group. */
    public final PolicySlot own;

    /** Whether the cached state of the fields below is valid. */
    private boolean looked;

    private long lookedAt;

    /** The read and the write that may go as far as this node and those below it decide; null if none. */
    private @Nullable Lane read;

    private @Nullable Lane write;

    /** The one of both that goes first. */
    private @Nullable Lane first;

    /** Whether the state can change by the passing of time. {@link #due} is the earliest such moment. */
    private boolean holds;

    private long due;

    /** The queue whose request that moment can free. */
    private @Nullable BlockQueue dueQueue;

    AdmittingNode(PolicySlot own) {
        this.own = own;
    }

    /** Makes the next {@link #look} determine the state again. */
    final void invalidate() {
        looked = false;
    }

    /** Returns whether the state was determined at exactly this moment, so that the policies were asked for it. */
    final boolean lookedNow(long now) {
        return lookedAt == now;
    }

    /**
     * Determines which requests may go as far as this node and those below it decide. The node's own limits may hold
     * the next in turn. If the limit that holds it applies to both directions then it keeps its turn: letting others
     * pass would starve long requests. Otherwise the other direction goes on, which avoids head-of-line blocking.
     */
    final void look(long now) {
        if (looked && !(holds && now - due >= 0)) {
            return;
        }
        looked = true;
        lookedAt = now;
        holds = false;
        read = null;
        write = null;
        first = null;
        lookBelow(now);
        Lane one = candidate(now);
        if (one != null && (lookAt(one, now) || !own.holdsBothWith(one.direction, one.headCost(), now))) {
            Lane two = candidate(one.direction == Direction.READ ? Direction.WRITE : Direction.READ, now);
            if (two != null) {
                lookAt(two, now);
            }
        }
        holdsAsBelow(now);
    }

    /** Updates the members whose state has changed. */
    abstract void lookBelow(long now);

    /** Returns the lane whose head is the next in turn of a direction, or null. */
    abstract @Nullable Lane candidate(Direction direction, long now);

    /** Returns the lane whose head is the next in turn, or null. */
    abstract @Nullable Lane candidate(long now);

    /** Records the earliest moment at which another request below this node can be the next in turn. */
    abstract void holdsAsBelow(long now);

    private boolean lookAt(Lane lane, long now) {
        // no look at the request without need: it is in no cache of the processor
        long wait = own.isOpen() ? 0 : own.waitNanos(lane.direction, lane.headCost(), now);
        if (wait > 0) {
            lane.queue.warnIfLong(lane, wait, now);
            if (wait != PolicySlot.UNKNOWN_NANOS) {
                holdsUntil(now + wait, lane.queue);
            }
            return false;
        }
        first = first == null ? lane : first;
        if (lane.direction == Direction.READ) {
            read = lane;
        } else {
            write = lane;
        }
        return true;
    }

    final void holdsUntil(long moment, @Nullable BlockQueue queue) {
        if (!holds || due - moment > 0) {
            holds = true;
            due = moment;
            dueQueue = queue;
        }
    }

    /** Returns the lane of a direction whose head may go as far as this node and those below it decide, or null. */
    final @Nullable Lane ready(Direction direction) {
        return direction == Direction.READ ? read : write;
    }

    /** Returns the one that goes first of both directions, or null. */
    final @Nullable Lane ready() {
        return first;
    }

    /** Returns whether a request below this node may go later, at {@link #due} at the earliest. */
    final boolean holds() {
        return holds;
    }

    final long due() {
        return due;
    }

    final @Nullable BlockQueue dueQueue() {
        return dueQueue;
    }
}
