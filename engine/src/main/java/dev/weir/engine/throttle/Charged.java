package dev.weir.engine.throttle;

import dev.weir.block.Direction;
import dev.weir.cluster.Demand;
import dev.weir.throttle.LimitKey;
import java.util.Set;

/** The requests charged to a group, by direction. Guarded by the lock of its {@link ThrottleDomain}. */
public final class Charged {
    private final long[] requests = new long[Direction.values().length];
    private final long[] bytes = new long[Direction.values().length];

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

    Demand demand(int queued, Set<LimitKey> held, long minBps, long minIops) {
        int read = Direction.READ.ordinal();
        int write = Direction.WRITE.ordinal();
        return new Demand(requests[read], requests[write], bytes[read], bytes[write], queued, held, minBps, minIops);
    }
}
