package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.engine.statistics.LatencyHistogram;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The block queue of one drive: a lane of reads, a lane of writes, the drive's own limits and a timer. The timer is
 * set to the earliest moment at which the head of a lane can go.
 *
 * <p>Guarded by the lock of its {@link ThrottleDomain}.
 */
public final class BlockQueue {
    public final PolicySlot own;
    public final Lane reads = new Lane(this, Direction.READ);
    public final Lane writes = new Lane(this, Direction.WRITE);

    /** The service that the drive has received of its group's limits, in nanoseconds of these limits. */
    long served;

    /** Whether the drive does not compete for its group's limits: its queue is empty or held by its own limits. */
    boolean sitsOut = true;

    /** The destination of released requests; null while the drive is closed. */
    @Nullable
    RequestSink sink;

    private final Consumer<ThrottleDomain> onHandedOver;
    private final Timer timer;

    /** Whether a released request has not reached the storage yet. Later requests must not overtake it. */
    private volatile boolean handingOver;

    /** Whether the cached state of the heads under the drive's own limits is valid. */
    private boolean looked;

    /**
     * Whether the drive's own limits hold a head. {@link #holdsUntil} is the first moment at which such a head can
     * go.
     */
    private boolean holds;

    private long holdsUntil;

    /** The service that the lane released last had received before that release. */
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
     * Creates an empty queue of a closed drive.
     *
     * @param own the drive's own limits
     * @param clock the source of the timer
     * @param onTimer called when the timer fires; releases due requests
     * @param onHandedOver called without any lock when a released request has reached the storage
     */
    BlockQueue(PolicySlot own, Clock clock, Runnable onTimer, Consumer<ThrottleDomain> onHandedOver) {
        this.own = own;
        this.onHandedOver = onHandedOver;
        this.timer = clock.timer(onTimer);
    }

    /** Passes a released request to its storage. Called without the lock. */
    void handOver(BlockRequest request, RequestSink to, ThrottleDomain from) {
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

    /** Returns how many requests had to wait so far. */
    public long held() {
        return held;
    }

    /** Returns the waiting times of released requests. Needs no lock. */
    public Percentiles heldNanos() {
        return heldNanos.percentiles();
    }

    void add(Direction direction, BlockRequest request, long cost, long now) {
        Lane lane = lane(direction);
        if (lane.isEmpty()) {
            lane.served = FairShare.later(lane.served, laneTurn);
            changed();
        }
        lane.add(request, cost, ++held, now);
    }

    /** Returns a copy with simulated requests for the forecast. */
    BlockQueue copy(Clock ofCopy, long now) {
        BlockQueue copy = new BlockQueue(own.copy(now), ofCopy, () -> {}, domain -> {});
        reads.copyTo(copy.reads);
        writes.copyTo(copy.writes);
        copy.served = served;
        copy.sitsOut = sitsOut;
        copy.laneTurn = laneTurn;
        return copy;
    }

    /** Records the release of a lane's head. {@link #handOver} must follow. */
    void departs(Lane lane, long now) {
        heldNanos.record(now - lane.arrival(0));
        handingOver = true;
    }

    /**
     * Removes the head of a lane for its release.
     *
     * @param sharedNanos its cost under the limits that both lanes share
     */
    BlockRequest take(Lane lane, long sharedNanos) {
        laneTurn = lane.served;
        lane.served += sharedNanos;
        Lane other = lane.other();
        if (!other.isEmpty() && !other.ready) {
            other.served = FairShare.later(other.served, laneTurn);
        }
        changed();
        return lane.removeFirst();
    }

    /** Resets the turns of the lanes because they were counted under old limits. */
    public void limitsChanged() {
        laneTurn = FairShare.later(reads.served, writes.served);
        reads.served = laneTurn;
        writes.served = laneTurn;
        changed();
    }

    /** Invalidates the cached state of the heads. Called after a change of a head, a limit or a debt. */
    public void changed() {
        looked = false;
    }

    /**
     * Determines which heads the drive's own limits admit. The scheduler skips a head that a limit of its own
     * direction holds. A head that a shared limit holds keeps its turn.
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

    /** Warns if the total wait of a lane's head exceeds the usual timeout of clients. */
    void warnIfLong(Lane lane, long waitNanos, long now) {
        if (waitNanos != PolicySlot.UNKNOWN_NANOS && !own.isCopy()) {
            longHolds.check(own.owner(), lane, waitNanos, now);
        }
    }

    /**
     * Sets the timer to the earliest moment at which a held head can go.
     *
     * @param groupWaitNanos how long the group's limits hold a head; {@link PolicySlot#UNKNOWN_NANOS} if they do not
     *     or the time is unknown
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

    /** Records a firing of the timer unless it has been armed for a later moment since. */
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
