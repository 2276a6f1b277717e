package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.drive.control.DriveHistograms.Histogram;
import dev.weir.drive.control.DriveLatencies.Percentiles;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.statistics.LatencyHistogram;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The block queue of one drive: a lane of reads, a lane of writes and the drive's own limits. A leaf of the tree of
 * limits.
 *
 * <p>Guarded by the lock of its {@link ThrottleDomain}.
 */
public final class BlockQueue extends TreeNode {
    public final Lane reads = new Lane(this, Direction.READ);
    public final Lane writes = new Lane(this, Direction.WRITE);

    /** The destination of released requests; null while the drive is closed. */
    @Nullable
    RequestSink sink;

    /** Whether a released request has not reached the storage yet. Later requests must not overtake it. */
    private volatile boolean handingOver;

    /** The service that the lane released last had received before that release. */
    private long laneTurn;

    /** Made at the first long hold. */
    private @Nullable LongHolds longHolds;

    private long held;
    private final LatencyHistogram heldNanos = new LatencyHistogram();
    private long fired;
    private long lastLateNanos;
    private long worstLateNanos;

    /**
     * Creates an empty queue of a closed drive without a group.
     *
     * @param own the drive's own limits
     * @param clock the source of time and of the timer
     */
    BlockQueue(PolicySlot own, Clock clock) {
        super(own, clock);
    }

    /**
     * Passes a released request to its drive. Called without the lock.
     *
     * @param from the domain that released it
     */
    void handOver(BlockRequest request, RequestSink to, ThrottleDomain from) {
        try {
            to.execute(request);
        } finally {
            handingOver = false;
            if (domain() != from) {
                // the queue was moved meanwhile and its new domain could release nothing until now
                locked(at -> {
                    changed();
                    return at;
                });
                release();
            }
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

    @Override
    int waitingDrives() {
        return isEmpty() ? 0 : 1;
    }

    /** Returns how many requests had to wait so far. */
    public long held() {
        return held;
    }

    /** Returns the waiting times of released requests. Needs no lock. */
    public Percentiles heldNanos() {
        return heldNanos.percentiles();
    }

    /** Returns the waiting times of released requests by bucket. Needs no lock. */
    public Histogram heldHistogram() {
        return heldNanos.histogram();
    }

    void add(Direction direction, BlockRequest request, long cost, long now) {
        Lane lane = lane(direction);
        if (lane.isEmpty()) {
            lane.served = FairShare.later(lane.served, laneTurn);
            changed();
        }
        lane.add(request, cost, ++held, now);
        addQueued(1);
    }

    @Override
    void queuedChanged(int before, int after) {
        super.queuedChanged(before, after);
        if (parent != null && (before == 0) != (after == 0)) {
            parent.addWaitingDrives(after == 0 ? -1 : 1);
        }
    }

    /** Records the release of a lane's head. {@link #handOver} must follow. */
    void departs(Lane lane, long now) {
        warnIfLong(lane, 0, now);
        heldNanos.record(now - lane.headArrival());
        handingOver = true;
    }

    /**
     * Removes the head of a lane for its release.
     *
     * @param sharedCost its cost under the limits that both lanes share
     */
    BlockRequest take(Lane lane, long sharedCost) {
        // a lane that a limit of its direction held has no claim to the turns that it missed
        laneTurn = FairShare.later(lane.served, laneTurn);
        lane.served = laneTurn + sharedCost;
        Lane other = lane == reads ? writes : reads;
        if (other.isEmpty()) {
            // as GroupNode.keepComparable
            other.served = FairShare.later(other.served, laneTurn);
        }
        BlockRequest request = lane.removeFirst();
        addQueued(-1);
        changed();
        return request;
    }

    /** Removes the requests that match. */
    List<BlockRequest> removeIf(Predicate<BlockRequest> matches) {
        List<BlockRequest> removed = reads.removeIf(matches);
        removed.addAll(writes.removeIf(matches));
        addQueued(-removed.size());
        changed();
        return removed;
    }

    @Override
    public void limitsChanged() {
        laneTurn = FairShare.later(reads.served, writes.served);
        reads.served = laneTurn;
        writes.served = laneTurn;
        changed();
    }

    @Override
    void lookBelow(long now) {}

    @Override
    @Nullable
    Lane candidate(Direction direction, long now) {
        Lane lane = lane(direction);
        return lane.isEmpty() || handingOver ? null : lane;
    }

    @Override
    @Nullable
    Lane candidate(long now) {
        return handingOver ? null : FairShare.first(reads, writes);
    }

    @Override
    void holdsAsBelow(long now) {}

    @Override
    BlockQueue copy(ThrottleDomain to, long now) {
        BlockQueue copy = new BlockQueue(own.copy(now), to.clock());
        reads.copyTo(copy.reads);
        writes.copyTo(copy.writes);
        copy.laneTurn = laneTurn;
        copyTo(copy, to);
        return copy;
    }

    /** Warns if the total wait of a lane's head exceeds the usual timeout of clients. */
    void warnIfLong(Lane lane, long waitNanos, long now) {
        if (waitNanos != PolicySlot.UNKNOWN_NANOS && !own.isCopy() && LongHolds.isLong(lane, waitNanos, now)) {
            longHolds = longHolds == null ? new LongHolds() : longHolds;
            longHolds.check(own.owner(), lane, waitNanos, now);
        }
    }

    /** Records that the timer fired for this queue. */
    void fired(long lateNanos) {
        fired++;
        lastLateNanos = lateNanos;
        worstLateNanos = Math.max(worstLateNanos, lateNanos);
    }

    /** Returns the tree's timer if it is set for this queue, and the firings for this queue. */
    public TimerSnapshot timer(long now) {
        return domain().timer(this, now);
    }

    TimerSnapshot timer(boolean armed, long dueInNanos) {
        return new TimerSnapshot(armed, dueInNanos, fired, lastLateNanos, worstLateNanos);
    }
}
