package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts for each queued request its release and the limit that holds it, if nothing changes. Copies the domain
 * with all its queues and runs the copy ahead of time. The forecast therefore includes limits, bursts and the turns
 * of other drives in the group.
 *
 * <p>Created under the lock of the {@link ThrottleDomain}. Later it belongs to one thread and needs no lock.
 */
public final class QueueForecast {
    private static final long UNKNOWN_NANOS = -1;

    /**
     * The budget of visited queues. A forecast stops beyond it, in a large group or with a policy that releases
     * nothing.
     */
    private static final int LOOKS = 200_000;

    private final ThrottleDomain domain;
    private final @Nullable BlockQueue queue;
    private final String groupName;
    private final long now;

    /** The limit that holds the head of each lane. If the head need not wait longer: the limit of its predecessor. */
    private final Map<Direction, String> holders = new EnumMap<>(Direction.class);

    /** The lanes for whose head the limit is known. */
    private final Set<Direction> known = EnumSet.noneOf(Direction.class);

    private final List<QueuedRequest> requests = new ArrayList<>();

    /**
     * Copies a domain.
     *
     * @param of the queue to forecast
     * @param from the domain of the queue
     * @param groupName the name of the domain's group, if it has one
     * @param now the time (ns)
     */
    public QueueForecast(BlockQueue of, ThrottleDomain from, String groupName, long now) {
        this.groupName = groupName;
        this.now = now;
        domain = from.copy(new StoppedClock(now), now);
        int place = from.waiting().indexOf(of);
        queue = place < 0 ? null : domain.waiting().get(place);
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
        for (int looks = LOOKS;
                looks > 0 && !until.isEmpty();
                looks -= domain.waiting().size()) {
            Lane next = domain.next(now + aheadNanos);
            if (next == null) {
                look(until.reads, now + aheadNanos);
                look(until.writes, now + aheadNanos);
                aheadNanos += nextDueNanos(now + aheadNanos);
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

    /** Returns the time until the first timer is due; {@code Long.MIN_VALUE} if no timer is armed. */
    private long nextDueNanos(long at) {
        return domain.waiting().stream()
                .map(waiting -> waiting.timer(at))
                .filter(TimerSnapshot::armed)
                .mapToLong(TimerSnapshot::dueInNanos)
                .min()
                .orElse(Long.MIN_VALUE);
    }

    private void look(Lane lane, long at) {
        if (!lane.isEmpty() && known.add(lane.direction)) {
            holders.put(lane.direction, holder(lane, domain.group(), groupName, at));
        }
    }

    /**
     * Returns the limits that hold the first read and the first write of a queue, separated by commas. Empty if the
     * queue is.
     *
     * @param queue the queue
     * @param shared the limits of the group, or null
     * @param groupName the name of the group, if one exists
     * @param at the time (ns)
     */
    public static String holders(BlockQueue queue, @Nullable PolicySlot shared, String groupName, long at) {
        String reads = queue.reads.isEmpty() ? "" : holder(queue.reads, shared, groupName, at);
        String writes = queue.writes.isEmpty() ? "" : holder(queue.writes, shared, groupName, at);
        return reads.isEmpty() || reads.equals(writes) ? writes : writes.isEmpty() ? reads : reads + ", " + writes;
    }

    /**
     * Returns the limit that holds a lane's head. Queries copies because a query may change the state of a policy.
     */
    private static String holder(Lane lane, @Nullable PolicySlot shared, String groupName, long at) {
        PolicySlot own = lane.queue.own.copy(at);
        PolicySlot group = shared == null ? null : shared.copy(at);
        long length = lane.cost(0);
        long ownWait = own.waitNanos(lane.direction, length, at);
        PolicySlot slot = group != null && ownWait < group.waitNanos(lane.direction, length, at) ? group : own;
        LimitKey limit = slot.holder(lane.direction, length, at);
        return (slot == own ? "" : groupName + ": ")
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
