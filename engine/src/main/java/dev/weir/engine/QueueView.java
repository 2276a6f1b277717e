package dev.weir.engine;

import dev.weir.drive.DriveRequest;
import dev.weir.drive.QueuedRequest;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says of every request in a queue what holds it and when it goes. That is exact for the head of a lane that
 * need not take turns; for the others it counts what those before them take at the slowest limit.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class QueueView {
    private static final long NOBODY_KNOWS = -1;

    private final BlockQueue queue;
    private final @Nullable PolicySlot group;
    private final String groupName;
    private final long now;

    QueueView(BlockQueue queue, @Nullable PolicySlot group, String groupName, long now) {
        this.queue = queue;
        this.group = group;
        this.groupName = groupName;
        this.now = now;
    }

    List<QueuedRequest> requests() {
        List<QueuedRequest> requests = new ArrayList<>(queue.reads.size() + queue.writes.size());
        addLane(queue.reads, requests);
        addLane(queue.writes, requests);
        requests.sort(Comparator.comparingLong(QueuedRequest::goesInNanos).thenComparingLong(QueuedRequest::id));
        return requests;
    }

    private void addLane(Lane lane, List<QueuedRequest> requests) {
        if (lane.isEmpty()) {
            return;
        }
        long length = lane.get(0).length();
        long ownWait = queue.own.waitNanos(lane.direction, length, now);
        long groupWait = group == null ? 0 : group.waitNanos(lane.direction, length, now);
        String heldBy = group == null || ownWait >= groupWait
                ? holder(queue.own, lane)
                : groupName + ": " + holder(group, lane);
        long goesIn = Math.max(ownWait, groupWait);
        for (int place = 0; place < lane.size(); place++) {
            DriveRequest request = lane.get(place);
            requests.add(new QueuedRequest(
                    lane.id(place),
                    request.client().toString(),
                    request.operation(),
                    request.offset(),
                    request.length(),
                    now - lane.arrival(place),
                    heldBy,
                    goesIn == PolicySlot.UNKNOWN_NANOS ? NOBODY_KNOWS : goesIn));
            goesIn = after(goesIn, lane, request.length());
        }
    }

    private long after(long goesIn, Lane lane, long bytes) {
        if (goesIn == PolicySlot.UNKNOWN_NANOS) {
            return goesIn;
        }
        long cost = queue.own.isOpen() ? 0 : Turn.costNanos(queue.own.limits(), lane.direction, bytes, false);
        if (group != null && !group.isOpen()) {
            cost = Math.max(cost, Turn.costNanos(group.limits(), lane.direction, bytes, false));
        }
        return goesIn + cost;
    }

    private String holder(PolicySlot slot, Lane lane) {
        if (slot.isHolding()) {
            return slot.reason();
        }
        LimitKey holder = slot.holder(lane.direction, lane.get(0).length(), now);
        return holder == null ? "turn" : holder.key();
    }
}
