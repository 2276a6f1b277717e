package dev.weir.engine.throttle;

import dev.weir.clock.Clock;
import dev.weir.drive.DriveRequest;
import dev.weir.throttle.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The drives whose queues must be looked at together: those of one group, or one drive alone. It lets requests
 * go when the drive's own limits and the group's allow them, in turn, and sets the drives' timers.
 *
 * <p>Its monitor guards everything in it, in its queues and in their limits. No other lock is taken inside,
 * but those of the clock's timers, and no request goes to a backend or is completed under it.
 */
public final class ThrottleDomain {
    private final Clock clock;

    /** The limits that the drives share; null for a drive alone. */
    private final @Nullable PolicySlot group;

    /** The queues that hold anything. Gone over by index, for an iterator is an object. */
    private final List<BlockQueue> waiting = new ArrayList<>(0);

    /** Whether a thread is letting requests go; it looks again before it stops, so the others need not wait. */
    private boolean releasing;

    /** What the drive that went last had been served before. */
    private long turn;

    /** The most that any drive has been served. */
    private long furthest;

    public ThrottleDomain(Clock clock, @Nullable PolicySlot group) {
        this.clock = clock;
        this.group = group;
    }

    @Nullable
    public PolicySlot group() {
        return group;
    }

    /** Returns how many requests wait in all of them. */
    public int queued() {
        int queued = 0;
        for (BlockQueue queue : waiting) {
            queued += queue.reads.size() + queue.writes.size();
        }
        return queued;
    }

    /**
     * Charges a request that may go now, or puts it into the queue; then {@link #release} must be called.
     *
     * @return whether it may go
     */
    boolean admit(BlockQueue queue, Direction direction, DriveRequest request, long bytes) {
        boolean nobodyIsAhead = waiting.isEmpty() && !releasing && !queue.isHandingOver();
        if (nobodyIsAhead && group == null && queue.own.isOpen()) {
            return true;
        }
        long now = clock.nanoTime();
        if (nobodyIsAhead
                && queue.own.waitNanos(direction, bytes, now) == 0
                && groupWaitNanos(direction, bytes, now) == 0) {
            charge(queue, direction, bytes, now);
            return true;
        }
        if (queue.isEmpty()) {
            waiting.add(queue);
        }
        queue.add(direction, request, bytes, now);
        return false;
    }

    /** Takes requests of a client, or all if it is null, out of a queue; then {@link #release} must be called. */
    List<DriveRequest> withdraw(BlockQueue queue, @Nullable Object client) {
        List<DriveRequest> withdrawn = queue.reads.removeAll(client);
        withdrawn.addAll(queue.writes.removeAll(client));
        queue.changed();
        if (queue.isEmpty()) {
            stopsWaiting(queue);
        }
        return withdrawn;
    }

    /** Forgets who is ahead, which was counted at limits that have changed. Called with the lock. */
    public void limitsChanged() {
        turn = furthest;
        waiting.forEach(queue -> queue.served = turn);
    }

    /** Takes in a queue that was in another domain. */
    void join(BlockQueue queue) {
        queue.served = turn;
        queue.sitsOut = true;
        queue.changed();
        if (!queue.isEmpty()) {
            waiting.add(queue);
        }
    }

    /** Lets a queue go to another domain; then {@link #release} must be called, for it may have been its turn. */
    void leave(BlockQueue queue) {
        stopsWaiting(queue);
    }

    /** Lets go what can go now, and sets the timers for the rest. Called without the lock. */
    public void release() {
        synchronized (this) {
            if (releasing) {
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

    /** Nothing here throws but what ends a thread; that must not end the drives as well. */
    private synchronized void stopReleasing() {
        releasing = false;
    }

    private boolean releaseNext() {
        BlockQueue queue;
        DriveRequest request;
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
        queue.handOver(request, sink, this);
        return true;
    }

    /** Returns a domain that stands as this one, with copies of what waits, to see how it goes on. */
    ThrottleDomain copy(Clock ofCopy, long now) {
        ThrottleDomain copy = new ThrottleDomain(ofCopy, group == null ? null : group.copy(now));
        waiting.forEach(queue -> copy.waiting.add(queue.copy(ofCopy, now)));
        copy.turn = turn;
        copy.furthest = furthest;
        return copy;
    }

    /** Returns the queues that hold anything. */
    public List<BlockQueue> waiting() {
        return waiting;
    }

    /** Returns the lane whose head goes now; null if none can, and then the timers are set. */
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
        } while (isHeldAgain(first, now) || isHeldAgain(second, now));
        return firstOfGroup(first, second, now);
    }

    /** Whether the queue's own limits let anything go; one that comes back to the group begins where the others are. */
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

    /** Whether the own limits hold a head that they would have let go before; they are asked right before a charge. */
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
        if (second == null || group == null || group.holdsBothWith(first, now)) {
            setTimers(first, firstWait, null, 0, now);
            return null;
        }
        long secondWait = groupWaitNanos(second, now);
        if (secondWait == 0) {
            first.queue.served = FairShare.later(first.queue.served, second.queue.served);
            return second;
        }
        setTimers(first, firstWait, second, secondWait, now);
        return null;
    }

    private void setTimers(@Nullable Lane first, long firstWait, @Nullable Lane second, long secondWait, long now) {
        for (int i = 0; i < waiting.size(); i++) {
            BlockQueue queue = waiting.get(i);
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

    /** Takes and charges the head of a lane that {@link #next} has returned. */
    DriveRequest take(Lane lane, long now) {
        BlockQueue queue = lane.queue;
        Direction direction = lane.direction;
        long bytes = lane.cost(0);
        charge(queue, direction, bytes, now);
        turn = queue.served;
        queue.served += group == null ? 0 : FairShare.costNanos(group.limits(), direction, bytes, false);
        furthest = FairShare.later(furthest, queue.served);
        DriveRequest request = queue.take(lane, sharedNanos(queue, direction, bytes));
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
