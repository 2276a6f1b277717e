package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.cluster.Demand;
import dev.weir.throttle.LimitKey;
import java.util.EnumSet;
import java.util.Set;

/**
 * The requests charged to a group, by direction, and its demand. A request of any length, such as a trim (discard), is
 * charged whole and never split; see {@link dev.weir.drive.settings.Charging}. Guarded by the lock of its {@link
 * ThrottleDomain}.
 */
public final class Charged {
    private final long[] requests = new long[Direction.values().length];
    private final long[] bytes = new long[Direction.values().length];

    /** The limits that held requests at the last look of {@link #demand}. */
    private Set<LimitKey> heldBy = Set.of();

    void count(Direction direction, long length) {
        requests[direction.ordinal()]++;
        bytes[direction.ordinal()] += length;
    }

    public long requests() {
        return requests[0] + requests[1];
    }

    /** Returns the length of the requests. */
    public long bytes() {
        return bytes[0] + bytes[1];
    }

    Demand demand(GroupNode group, long now) {
        // a look during a release would keep the state of the queue that hands a request over, and nobody looks again
        if (!group.domain().isReleasing()) {
            group.look(now);
            heldBy = holders(group, now);
        }
        int read = Direction.READ.ordinal();
        int write = Direction.WRITE.ordinal();
        return new Demand(
                requests[read],
                requests[write],
                bytes[read],
                bytes[write],
                group.queued(),
                heldBy,
                group.minBps(),
                group.minIops());
    }

    private static Set<LimitKey> holders(GroupNode group, long now) {
        Set<LimitKey> holders = EnumSet.noneOf(LimitKey.class);
        for (Direction direction : Direction.values()) {
            Lane lane = group.candidate(direction, now);
            LimitKey holder = lane == null ? null : group.own.holder(direction, lane.cost(0), now);
            if (holder != null) {
                holders.add(holder);
            }
        }
        return holders;
    }
}
