package dev.weir.engine.throttle;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.engine.statistics.LatencyHistogram;
import dev.weir.throttle.Direction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The block queue of one drive: a lane of reads and a lane of writes, the drive's own limits, and the timer
 * that is set to the earliest moment at which the head of a lane can go.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain} it is in.
 */
public final class BlockQueue {
    public final PolicySlot own;
    public final Lane reads = new Lane(this, Direction.READ);
    public final Lane writes = new Lane(this, Direction.WRITE);

    /** How much the drive has had of what its group shares, in nanoseconds of the group's limits. */
    long served;

    /** Whether it is not competing for its group's limits: nothing waits, or its own limits hold what does. */
    boolean sitsOut = true;

    /** Where its requests go; null while the drive is closed. */
    @Nullable
    RequestSink sink;

    private final Consumer<ThrottleDomain> onHandedOver;
    private final Timer timer;

    /** Whether a request that was taken is not yet with the storage; those behind it must not overtake it. */
    private volatile boolean handingOver;

    /** Whether it is known how the heads stand with the own limits. */
    private boolean looked;

    /** Whether the own limits hold a head, and when the first of those can go. */
    private boolean holds;

    private long holdsUntil;

    /** What the lane that went last had been served before. */
    private long laneTurn;

    private final LongHolds longHolds = new LongHolds();
    private long held;
    private final LatencyHistogram heldNanos = new LatencyHistogram();
    private boolean armed;
    private long due;
    private long fired;
    private long lastLateNanos;
    private long worstLateNanos;

    /**
     * @param onTimer called when the timer fires; looks which requests can go
     * @param onHandedOver called without any lock when a request that a domain has taken is with the storage
     */
    BlockQueue(PolicySlot own, Clock clock, Runnable onTimer, Consumer<ThrottleDomain> onHandedOver) {
        this.own = own;
        this.onHandedOver = onHandedOver;
        this.timer = clock.timer(onTimer);
    }

    /** Gives a request that was taken to the storage for which it is. Called without the lock. */
    void handOver(DriveRequest request, RequestSink to, ThrottleDomain from) {
        try {
            to.execute(request);
        } finally {
            handingOver = false;
            onHandedOver.accept(from);
        }
    }

    boolean isHandingOver() {
        return handingOver;
    }

    Lane lane(Direction direction) {
        return direction == Direction.READ ? reads : writes;
    }

    public boolean isEmpty() {
        return reads.isEmpty() && writes.isEmpty();
    }

    boolean isReady() {
        return reads.ready || writes.ready;
    }

    /** Returns how many requests have had to wait so far. */
    public long held() {
        return held;
    }

    /** Returns how long those waited that went; needs no lock. */
    public Percentiles heldNanos() {
        return heldNanos.percentiles();
    }

    void add(Direction direction, DriveRequest request, long cost, long now) {
        Lane lane = lane(direction);
        if (lane.isEmpty()) {
            lane.served = FairShare.later(lane.served, laneTurn);
            changed();
        }
        lane.add(request, cost, ++held, now);
    }

    /** Returns a queue that stands as this one, with requests that do nothing, to see how it goes on. */
    BlockQueue copy(Clock ofCopy, long now) {
        BlockQueue copy = new BlockQueue(own.copy(now), ofCopy, () -> {}, domain -> {});
        reads.copyTo(copy.reads);
        writes.copyTo(copy.writes);
        copy.served = served;
        copy.sitsOut = sitsOut;
        copy.laneTurn = laneTurn;
        return copy;
    }

    /** Notes that the head of a lane is taken next and goes to the storage; then {@link #handOver} must be called. */
    void departs(Lane lane, long now) {
        heldNanos.record(now - lane.arrival(0));
        handingOver = true;
    }

    /**
     * Takes the head of a lane, which goes now.
     *
     * @param sharedNanos what it takes of what the lanes share
     */
    DriveRequest take(Lane lane, long sharedNanos) {
        laneTurn = lane.served;
        lane.served += sharedNanos;
        Lane other = lane.other();
        if (!other.isEmpty() && !other.ready) {
            other.served = FairShare.later(other.served, laneTurn);
        }
        changed();
        return lane.removeFirst();
    }

    /** Forgets also which lane is ahead, which was counted at limits that have changed. */
    public void limitsChanged() {
        laneTurn = FairShare.later(reads.served, writes.served);
        reads.served = laneTurn;
        writes.served = laneTurn;
        changed();
    }

    /** Forgets how the heads stand: a head, the limits or what is charged to them has changed. */
    public void changed() {
        looked = false;
    }

    /**
     * Finds out which heads the drive's own limits let go. A head that a limit of its own direction holds never
     * holds up the other lane; one that a shared limit holds is not overtaken by it.
     */
    void look(long now) {
        if (looked && !(holds && now - holdsUntil >= 0)) {
            return;
        }
        looked = true;
        holds = false;
        reads.ready = false;
        writes.ready = false;
        Lane first = FairShare.first(reads, writes);
        if (first == null) {
            return;
        }
        lookAt(first, now);
        Lane second = first.other();
        if (!second.isEmpty() && (first.ready || !own.holdsBothWith(first, now))) {
            lookAt(second, now);
        }
    }

    private void lookAt(Lane lane, long now) {
        long wait = own.waitNanos(lane.direction, lane.cost(0), now);
        lane.ready = wait == 0;
        warnIfLong(lane, wait, now);
        if (wait > 0 && wait != PolicySlot.UNKNOWN_NANOS && !(holds && holdsUntil - (now + wait) <= 0)) {
            holds = true;
            holdsUntil = now + wait;
        }
    }

    /** Warns of the head of a lane if it is held longer in all than clients wait for an answer. */
    void warnIfLong(Lane lane, long waitNanos, long now) {
        if (waitNanos != PolicySlot.UNKNOWN_NANOS && !own.isCopy()) {
            longHolds.check(own.owner(), lane, waitNanos, now);
        }
    }

    /**
     * Sets the timer to when the own limits let the first head go of those they hold, or to when the group's do if
     * that is earlier.
     *
     * @param groupWaitNanos how long the group's limits hold a head; {@link PolicySlot#UNKNOWN_NANOS} if they do not, or nobody knows
     */
    void setTimer(long groupWaitNanos, long now) {
        boolean groupHolds = groupWaitNanos != PolicySlot.UNKNOWN_NANOS;
        if (!holds && !groupHolds) {
            disarm();
        } else if (!groupHolds || (holds && holdsUntil - now < groupWaitNanos)) {
            arm(holdsUntil);
        } else {
            arm(now + groupWaitNanos);
        }
    }

    private void arm(long newDue) {
        if (!armed || due != newDue) {
            armed = true;
            due = newDue;
            timer.arm(newDue);
        }
    }

    void disarm() {
        if (armed) {
            armed = false;
            timer.disarm();
        }
    }

    /** Notes that the timer has fired, if it was for what it is armed for now. */
    void fired(long now) {
        if (armed && now - due >= 0) {
            armed = false;
            fired++;
            lastLateNanos = now - due;
            worstLateNanos = Math.max(worstLateNanos, lastLateNanos);
        }
    }

    public TimerSnapshot timer(long now) {
        return new TimerSnapshot(armed, armed ? due - now : 0, fired, lastLateNanos, worstLateNanos);
    }
}
