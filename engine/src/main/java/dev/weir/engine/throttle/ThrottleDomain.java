package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of drives that are scheduled together: all drives of a group or one drive alone. Releases requests in turn
 * when the drive's own limits and the group's admit them. It also sets the drives' timers.
 *
 * <p>The monitor guards all queues of the domain and their limits. Code under it takes no other lock except those of
 * the clock's timers. It passes no request to a backend and completes none. See docs/design/decisions/003.
 */
public final class ThrottleDomain {
    private final Clock clock;

    /** The limits that the drives share; null for a drive alone. */
    private final @Nullable PolicySlot group;

    /** The queues with waiting requests. Visited by index because an iterator would be an allocation. */
    private final List<BlockQueue> waiting = new ArrayList<>(0);

    /**
     * Whether a thread is releasing requests. It looks again before it stops. Other threads therefore need not wait
     * for it.
     */
    private boolean releasing;

    /** The service that the drive served last had received before its last release. */
    private long turn;

    /** The most service that any drive has received. */
    private long furthest;

    public ThrottleDomain(Clock clock, @Nullable PolicySlot group) {
        this.clock = clock;
        this.group = group;
    }

    @Nullable
    public PolicySlot group() {
        return group;
    }

    /** Returns the number of waiting requests in all queues. */
    public int queued() {
        int queued = 0;
        for (BlockQueue queue : waiting) {
            queued += queue.reads.size() + queue.writes.size();
        }
        return queued;
    }

    /**
     * Charges a request that may go now, or queues it. If it is queued then {@link #release} must follow.
     *
     * @return whether the request may go
     */
    boolean admit(BlockQueue queue, Direction direction, BlockRequest request, long bytes) {
        // a request must not overtake one that another thread is releasing or handing over; see
        // docs/design/decisions/003
        boolean isFirst = waiting.isEmpty() && !releasing && !queue.isHandingOver();
        if (isFirst && group == null && queue.own.isOpen()) {
            // a drive without limits reads no clock and calls no policy; see docs/design/decisions/019
            return true;
        }
        long now = clock.nanoTime();
        if (isFirst && queue.own.waitNanos(direction, bytes, now) == 0 && groupWaitNanos(direction, bytes, now) == 0) {
            charge(queue, direction, bytes, now);
            return true;
        }
        if (queue.isEmpty()) {
            waiting.add(queue);
        }
        queue.add(direction, request, bytes, now);
        return false;
    }

    /** Removes the requests of a client, or all if it is null, from a queue. {@link #release} must follow. */
    List<BlockRequest> withdraw(BlockQueue queue, @Nullable Object client) {
        List<BlockRequest> withdrawn = queue.reads.removeAll(client);
        withdrawn.addAll(queue.writes.removeAll(client));
        queue.changed();
        if (queue.isEmpty()) {
            stopsWaiting(queue);
        }
        return withdrawn;
    }

    /** Resets the turns of the drives because they were counted under old limits. Called with the lock. */
    public void limitsChanged() {
        turn = furthest;
        waiting.forEach(queue -> queue.served = turn);
    }

    /** Adds a queue from another domain. */
    void join(BlockQueue queue) {
        // service received in another domain counts neither for nor against the newcomer
        queue.served = turn;
        queue.sitsOut = true;
        queue.changed();
        if (!queue.isEmpty()) {
            waiting.add(queue);
        }
    }

    /**
     * Removes a queue that moves to another domain. {@link #release} must follow because it may have been this
     * queue's turn.
     */
    void leave(BlockQueue queue) {
        stopsWaiting(queue);
    }

    /** Releases all due requests and sets the timers for the others. Called without the lock. */
    public void release() {
        synchronized (this) {
            if (releasing) {
                // that thread looks again under the lock before it stops; see docs/design/decisions/003
                return;
            }
            releasing = true;
        }
        boolean goesOn = true;
        try {
            while (goesOn) {
                goesOn = releaseNext();
            }
        } finally {
            if (goesOn) {
                stopReleasing();
            }
        }
    }

    /** Ends the release after an error that ends the thread. The drives must be able to go on with another thread. */
    private synchronized void stopReleasing() {
        releasing = false;
    }

    private boolean releaseNext() {
        BlockQueue queue;
        BlockRequest request;
        RequestSink sink;
        synchronized (this) {
            long now = clock.nanoTime();
            Lane lane = next(now);
            if (lane == null) {
                releasing = false;
                return false;
            }
            queue = lane.queue;
            sink = Objects.requireNonNull(queue.sink, "a closed drive has nothing in its queue");
            queue.departs(lane, now);
            request = take(lane, now);
        }
        // outside the lock because a backend may block, or complete the request inline and submit the next one
        queue.handOver(request, sink, this);
        return true;
    }

    /** Returns an independent copy with simulated requests for the forecast. */
    ThrottleDomain copy(Clock ofCopy, long now) {
        ThrottleDomain copy = new ThrottleDomain(ofCopy, group == null ? null : group.copy(now));
        waiting.forEach(queue -> copy.waiting.add(queue.copy(ofCopy, now)));
        copy.turn = turn;
        copy.furthest = furthest;
        return copy;
    }

    /** Returns the queues with waiting requests. */
    public List<BlockQueue> waiting() {
        return waiting;
    }

    /** Returns the lane whose head goes now. Returns null and sets the timers if no head can go. */
    @Nullable
    Lane next(long now) {
        Lane first;
        Lane second;
        do {
            Lane read = null;
            Lane write = null;
            for (int i = 0; i < waiting.size(); i++) {
                BlockQueue queue = waiting.get(i);
                if (competes(queue, now)) {
                    read = queue.reads.ready ? FairShare.firstInGroup(read, queue.reads) : read;
                    write = queue.writes.ready ? FairShare.firstInGroup(write, queue.writes) : write;
                }
            }
            first = FairShare.firstInGroup(read, write);
            second = first == read ? write : read;
            // the cached heads may be stale: the policy has the last word, and a change means to choose again
        } while (isHeldAgain(first, now) || isHeldAgain(second, now));
        return firstOfGroup(first, second, now);
    }

    /**
     * Whether the drive's own limits admit one of its heads. A drive that competes again after a pause starts level
     * with the others.
     */
    private boolean competes(BlockQueue queue, long now) {
        queue.look(now);
        if (!queue.isReady() || queue.isHandingOver()) {
            queue.sitsOut = true;
            return false;
        }
        if (queue.sitsOut) {
            queue.sitsOut = false;
            queue.served = FairShare.later(queue.served, turn);
        }
        return true;
    }

    /**
     * Whether the drive's own limits hold a head that they admitted before. A policy must be queried right before a
     * charge.
     */
    private static boolean isHeldAgain(@Nullable Lane lane, long now) {
        if (lane == null || lane.queue.own.waitNanos(lane.direction, lane.cost(0), now) == 0) {
            return false;
        }
        lane.queue.changed();
        return true;
    }

    private @Nullable Lane firstOfGroup(@Nullable Lane first, @Nullable Lane second, long now) {
        if (first == null) {
            setTimers(null, 0, null, 0, now);
            return null;
        }
        long firstWait = groupWaitNanos(first, now);
        if (firstWait == 0) {
            return first;
        }
        first.queue.warnIfLong(first, firstWait, now);
        // a shared limit keeps the turn of the first: letting others pass would starve long requests
        if (second == null || group == null || group.holdsBothWith(first, now)) {
            setTimers(first, firstWait, null, 0, now);
            return null;
        }
        long secondWait = groupWaitNanos(second, now);
        if (secondWait == 0) {
            // a drive held by a limit of one direction must not save up turns meanwhile
            first.queue.served = FairShare.later(first.queue.served, second.queue.served);
            return second;
        }
        setTimers(first, firstWait, second, secondWait, now);
        return null;
    }

    private void setTimers(@Nullable Lane first, long firstWait, @Nullable Lane second, long secondWait, long now) {
        for (int i = 0; i < waiting.size(); i++) {
            BlockQueue queue = waiting.get(i);
            // only the next in turn waits for the group: otherwise every member would wake up for one release
            long groupWait = PolicySlot.UNKNOWN_NANOS;
            if (first != null && first.queue == queue) {
                groupWait = firstWait;
            }
            if (second != null && second.queue == queue) {
                groupWait = Math.min(groupWait, secondWait);
            }
            queue.setTimer(groupWait, now);
        }
    }

    /** Removes and charges the head of a lane that {@link #next} returned. */
    BlockRequest take(Lane lane, long now) {
        BlockQueue queue = lane.queue;
        Direction direction = lane.direction;
        long bytes = lane.cost(0);
        charge(queue, direction, bytes, now);
        // the start tag of this request, at which a returning drive starts level; see FairShare
        turn = queue.served;
        queue.served += group == null ? 0 : FairShare.costNanos(group.limits(), direction, bytes, false);
        furthest = FairShare.later(furthest, queue.served);
        BlockRequest request = queue.take(lane, sharedNanos(queue, direction, bytes));
        if (queue.isEmpty()) {
            stopsWaiting(queue);
        }
        return request;
    }

    private long sharedNanos(BlockQueue queue, Direction direction, long bytes) {
        long own = FairShare.costNanos(queue.own.limits(), direction, bytes, true);
        return group == null ? own : Math.max(own, FairShare.costNanos(group.limits(), direction, bytes, true));
    }

    private void stopsWaiting(BlockQueue queue) {
        waiting.remove(queue);
        queue.sitsOut = true;
        queue.disarm();
        // after an idle period all drives start level
        if (waiting.isEmpty()) {
            turn = furthest;
        }
    }

    private void charge(BlockQueue queue, Direction direction, long bytes, long now) {
        queue.own.charge(direction, bytes, now);
        if (group != null) {
            group.charge(direction, bytes, now);
        }
        queue.changed();
    }

    private long groupWaitNanos(Lane lane, long now) {
        return groupWaitNanos(lane.direction, lane.cost(0), now);
    }

    private long groupWaitNanos(Direction direction, long bytes, long now) {
        return group == null ? 0 : group.waitNanos(direction, bytes, now);
    }
}
