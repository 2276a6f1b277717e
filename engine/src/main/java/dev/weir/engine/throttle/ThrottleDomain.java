package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one tree of limits: all drives of a group and of the groups below it, or one drive alone. It
 * releases held requests in turn when all limits above them admit them ({@link #release}). Its timer is set to the
 * earliest moment at which a held request can go.
 *
 * <p>The monitor guards the whole tree. Code under it takes no other lock except those of the clock's timers. It
 * passes no request to a backend and completes none. See docs/design/decisions/003.
 */
public final class ThrottleDomain {
    private final Clock clock;

    /** Made when a request is held first. */
    private @Nullable Timer timer;

    /** The root of the tree; null after it has moved to another tree. */
    private @Nullable TreeNode root;

    /**
     * Whether a thread is releasing requests. It looks again before it stops. Other threads therefore need not wait
     * for it.
     */
    private boolean releasing;

    private boolean armed;
    private long due;

    /** The queue whose request the timer is set for. */
    private @Nullable BlockQueue dueQueue;

    ThrottleDomain(Clock clock, @Nullable TreeNode root) {
        this.clock = clock;
        this.root = root;
    }

    Clock clock() {
        return clock;
    }

    long now() {
        return clock.nanoTime();
    }

    @Nullable
    TreeNode root() {
        return root;
    }

    void root(@Nullable TreeNode newRoot) {
        root = newRoot;
    }

    /**
     * Charges a request that may go now, or queues it. If it is queued then {@link #release} must follow.
     *
     * @return whether the request may go
     */
    boolean admit(BlockQueue queue, Direction direction, BlockRequest request, long bytes) {
        // a request must not overtake one that another thread is releasing or handing over; see
        // docs/design/decisions/003
        boolean isFirst = !isWaiting() && !releasing && !queue.isHandingOver();
        if (isFirst && root == queue && queue.own.isOpen()) {
            // a drive without limits reads no clock and calls no policy; see docs/design/decisions/019
            return true;
        }
        long now = clock.nanoTime();
        if (isFirst && queue.waitNanos(direction, bytes, now) == 0) {
            queue.charge(direction, bytes, now);
            return true;
        }
        queue.add(direction, request, bytes, now);
        return false;
    }

    /** Returns whether a thread is releasing requests. Only that thread may look at the tree meanwhile. */
    boolean isReleasing() {
        return releasing;
    }

    private boolean isWaiting() {
        return root != null && root.queued() > 0;
    }

    /**
     * Releases all held requests that are due and arms the timer for the others. Any thread may call it, without the
     * lock. The callers are the timer, a submission, a change of limits or of the tree, and a leaving client.
     */
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

    /** Releases a held request, the next in turn. Returns false if none can go now. */
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

    /** Returns the lane whose head goes now. Returns null and sets the timer if no head can go. */
    @Nullable
    Lane next(long now) {
        TreeNode top = root;
        if (top == null || top.queued() == 0) {
            disarm();
            return null;
        }
        Lane lane;
        do {
            top.look(now);
            lane = top.ready();
            // the cached heads may be stale: the policy has the last word, and a change means to choose again
        } while (lane != null && lane.queue.holdsAgain(lane, now));
        if (lane != null) {
            return lane;
        }
        if (top.holds()) {
            arm(top.due(), top.dueQueue());
        } else {
            disarm();
        }
        return null;
    }

    /** Removes and charges the head of a lane that {@link #next} returned. */
    BlockRequest take(Lane lane, long now) {
        BlockQueue queue = lane.queue;
        Direction direction = lane.direction;
        long bytes = lane.headCost();
        queue.chargeInTurn(direction, bytes, now);
        return queue.take(lane, queue.sharedCost(direction, bytes));
    }

    private void arm(long newDue, @Nullable BlockQueue newQueue) {
        dueQueue = newQueue;
        if (!armed || due != newDue) {
            timer = timer == null ? clock.timer(this::fire) : timer;
            timer.arm(newDue);
            armed = true;
            due = newDue;
        }
    }

    private void disarm() {
        if (armed && timer != null) {
            armed = false;
            timer.disarm();
        }
    }

    private void fire() {
        synchronized (this) {
            long now = clock.nanoTime();
            // it may have been set to a later moment since
            if (armed && now - due >= 0) {
                armed = false;
                if (dueQueue != null) {
                    dueQueue.fired(now - due);
                }
            }
        }
        release();
    }

    /** Returns the timer as far as it is set for a queue. */
    TimerSnapshot timer(BlockQueue queue, long now) {
        boolean isSet = armed && dueQueue == queue;
        return queue.timer(isSet, isSet ? due - now : 0);
    }

    /** Returns the time (ns) until the timer is due; {@code Long.MIN_VALUE} if it is not set. */
    long dueInNanos(long now) {
        return armed ? due - now : Long.MIN_VALUE;
    }
}
