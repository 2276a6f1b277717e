package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts for each queued request its release and the limit that holds it, if nothing changes. Copies the tree of
 * limits with all waiting requests and runs the copy ahead of time. The forecast therefore includes limits, bursts
 * and the turns of other drives.
 *
 * <p>Created under the lock of the {@link ThrottleDomain}. Later it belongs to one thread and needs no lock.
 */
public final class QueueForecast {
    private static final long UNKNOWN_NANOS = -1;

    /** The most simulated releases and waits, for a large group or a policy that releases nothing. */
    private static final int STEPS = 20_000;

    private final ThrottleDomain domain;
    private final @Nullable BlockQueue queue;
    private final long now;

    /** The limit that holds the head of each lane. If the head need not wait longer: the limit of its predecessor. */
    private final Map<Direction, String> holders = new EnumMap<>(Direction.class);

    /** The lanes for whose head the limit is known. */
    private final Set<Direction> known = EnumSet.noneOf(Direction.class);

    private final List<QueuedRequest> requests = new ArrayList<>();

    /**
     * Copies the tree of a queue.
     *
     * @param of the queue to forecast
     * @param now the time (ns)
     */
    public QueueForecast(BlockQueue of, long now) {
        this.now = now;
        domain = new ThrottleDomain(new StoppedClock(now), null);
        TreeNode root = of.domain().root();
        if (root == null || of.isEmpty()) {
            queue = null;
        } else {
            domain.root(root.copy(domain, now));
            queue = (BlockQueue) of.copyIn(domain);
        }
    }

    /** Returns all requests in the order of their release. */
    public List<QueuedRequest> requests() {
        if (queue != null) {
            runAhead(queue);
            while (!queue.isEmpty()) {
                Lane lane = queue.reads.isEmpty() || isOlder(queue.writes, queue.reads) ? queue.writes : queue.reads;
                add(lane, UNKNOWN_NANOS);
                lane.removeFirst();
            }
        }
        return requests;
    }

    private static boolean isOlder(Lane a, Lane b) {
        return !a.isEmpty() && a.id(0) < b.id(0);
    }

    /** Releases requests in simulated time until the queue is empty or the future is unknown. */
    private void runAhead(BlockQueue until) {
        long aheadNanos = 0;
        for (int step = 0; step < STEPS && !until.isEmpty(); step++) {
            Lane next = domain.next(now + aheadNanos);
            if (next == null) {
                look(until.reads, now + aheadNanos);
                look(until.writes, now + aheadNanos);
                aheadNanos += domain.dueInNanos(now + aheadNanos);
                if (aheadNanos < 0) {
                    return;
                }
            } else {
                if (next.queue == until) {
                    add(next, aheadNanos);
                    known.remove(next.direction);
                }
                domain.take(next, now + aheadNanos);
            }
        }
    }

    private void look(Lane lane, long at) {
        if (!lane.isEmpty() && known.add(lane.direction)) {
            holders.put(lane.direction, holder(lane, at));
        }
    }

    /**
     * Returns the limits that hold the first read and the first write of a queue, separated by commas. Empty if the
     * queue is.
     *
     * @param queue the queue
     * @param at the time (ns)
     */
    public static String holders(BlockQueue queue, long at) {
        String reads = queue.reads.isEmpty() ? "" : holder(queue.reads, at);
        String writes = queue.writes.isEmpty() ? "" : holder(queue.writes, at);
        return reads.isEmpty() || reads.equals(writes) ? writes : writes.isEmpty() ? reads : reads + ", " + writes;
    }

    /**
     * Returns the limit that holds a lane's head longest, with its group. Queries copies because a query may change
     * the state of a policy.
     */
    private static String holder(Lane lane, long at) {
        TreeNode holder = lane.queue;
        PolicySlot slot = holder.own.copy(at);
        long longest = slot.waitNanos(lane.direction, lane.cost(0), at);
        for (TreeNode node = holder.parent; node != null; node = node.parent) {
            PolicySlot copy = node.own.copy(at);
            long wait = copy.waitNanos(lane.direction, lane.cost(0), at);
            if (wait > longest) {
                longest = wait;
                holder = node;
                slot = copy;
            }
        }
        LimitKey limit = slot.holder(lane.direction, lane.cost(0), at);
        return (holder instanceof GroupNode group ? group.name() + ": " : "")
                + (slot.isHolding() ? slot.reason() : limit == null ? "turn" : limit.key());
    }

    private void add(Lane lane, long goesInNanos) {
        BlockRequest request = lane.get(0);
        requests.add(new QueuedRequest(
                lane.id(0),
                request.client().toString(),
                request.operation(),
                request.offset(),
                request.length(),
                now - lane.arrival(0),
                holders.getOrDefault(lane.direction, "turn"),
                goesInNanos));
    }

    /** The clock of a copy. The owner sets the time. Timers are only inspected and never fire. */
    private record StoppedClock(long nanoTime) implements Clock {
        @Override
        public Timer timer(Runnable task) {
            return new Timer() {
                @Override
                public void arm(long due) {}

                @Override
                public void disarm() {}
            };
        }
    }
}
