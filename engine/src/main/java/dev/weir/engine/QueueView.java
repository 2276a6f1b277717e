package dev.weir.engine;

import dev.weir.drive.DriveRequest;
import dev.weir.drive.QueuedRequest;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of every request in a queue what holds it and when it goes if nothing changes. That is exact for the request
 * that goes next; for those after it, it counts what the ones before them take at the slowest limit. It does not
 * foresee other members of a group taking their turns.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class QueueView {
    private static final long NOBODY_KNOWS = -1;

    private final BlockQueue queue;
    private final @Nullable PolicySlot group;
    private final String groupName;
    private final long now;

    /** How one lane stands: what holds its head and for how long, and how far it has been followed. */
    private final class Follower {
        private final Lane lane;
        private final String heldBy;
        private final boolean shared;
        private long goesInNanos;
        private long served;
        private int place;

        Follower(Lane lane) {
            this.lane = lane;
            served = lane.served;
            long length = lane.get(0).length();
            long ownWait = queue.own.waitNanos(lane.direction, length, now);
            long groupWait = group == null ? 0 : group.waitNanos(lane.direction, length, now);
            PolicySlot slot = group == null || ownWait >= groupWait ? queue.own : group;
            LimitKey holder = slot.holder(lane.direction, length, now);
            heldBy = (slot == queue.own ? "" : groupName + ": ") + name(slot, holder);
            shared = holder == null || holder.direction() == null;
            goesInNanos = Math.max(ownWait, groupWait);
        }

        private static String name(PolicySlot slot, @Nullable LimitKey holder) {
            if (slot.isHolding()) {
                return slot.reason();
            }
            return holder == null ? "turn" : holder.key();
        }

        boolean isAtEnd() {
            return place == lane.size();
        }

        boolean isUnknown() {
            return goesInNanos == PolicySlot.UNKNOWN_NANOS;
        }

        /** Returns the next request of the lane as it stands, and how long it takes at the slowest limit. */
        QueuedRequest view() {
            DriveRequest request = lane.get(place);
            return new QueuedRequest(
                    lane.id(place),
                    request.client().toString(),
                    request.operation(),
                    request.offset(),
                    request.length(),
                    now - lane.arrival(place),
                    heldBy,
                    isUnknown() ? NOBODY_KNOWS : goesInNanos);
        }

        /** Goes on to the next request and returns how long the one before takes at the slowest limit. */
        long step() {
            long bytes = lane.get(place++).length();
            served += cost(bytes, true);
            return cost(bytes, false);
        }

        private long cost(long bytes, boolean sharedOnly) {
            long own = queue.own.isOpen() ? 0 : Turn.costNanos(queue.own.limits(), lane.direction, bytes, sharedOnly);
            return group == null || group.isOpen()
                    ? own
                    : Math.max(own, Turn.costNanos(group.limits(), lane.direction, bytes, sharedOnly));
        }
    }

    QueueView(BlockQueue queue, @Nullable PolicySlot group, String groupName, long now) {
        this.queue = queue;
        this.group = group;
        this.groupName = groupName;
        this.now = now;
    }

    List<QueuedRequest> requests() {
        List<Follower> lanes = new ArrayList<>(2);
        for (Lane lane : List.of(queue.reads, queue.writes)) {
            if (!lane.isEmpty()) {
                lanes.add(new Follower(lane));
            }
        }
        List<QueuedRequest> requests = new ArrayList<>();
        boolean takeTurns = lanes.stream().allMatch(lane -> lane.shared && !lane.isUnknown());
        while (!lanes.isEmpty()) {
            Follower next = lanes.stream()
                    .min(Comparator.comparingLong(lane -> takeTurns ? lane.served : lane.goesInNanos))
                    .orElseThrow();
            requests.add(next.view());
            long taken = next.step();
            lanes.stream()
                    .filter(lane -> (takeTurns || lane == next) && !lane.isUnknown())
                    .forEach(lane -> lane.goesInNanos += taken);
            lanes.removeIf(Follower::isAtEnd);
        }
        return requests;
    }
}
