package dev.weir.cluster;

import dev.weir.throttle.LimitKey;
import java.util.Set;

/**
 * The demand of a group on this host at one moment. The counts are totals since the group was configured.
 *
 * <p>Immutable.
 *
 * @param reads number of released reads
 * @param writes number of released writes
 * @param readBytes the length of these reads
 * @param writeBytes the length of these writes
 * @param queued number of waiting requests
 * @param held the limits of the group that hold a request
 * @param minBps the least bytes per second that its members need; 0 for no minimum
 * @param minIops the least requests per second that its members need; 0 for no minimum
 */
public record Demand(
        long reads,
        long writes,
        long readBytes,
        long writeBytes,
        int queued,
        Set<LimitKey> held,
        long minBps,
        long minIops) {

    /** Nothing was requested. */
    public static final Demand NONE = new Demand(0, 0, 0, 0, 0, Set.of(), 0, 0);

    /**
     * {@return the total in the unit of a limit: requests or bytes of the directions to which it applies}
     *
     * @param limit one of the six
     */
    public long total(LimitKey limit) {
        return switch (limit) {
            case BPS -> readBytes + writeBytes;
            case BPS_RD -> readBytes;
            case BPS_WR -> writeBytes;
            case IOPS -> reads + writes;
            case IOPS_RD -> reads;
            case IOPS_WR -> writes;
        };
    }

    /**
     * {@return the minimum in the unit of a limit; 0 for no minimum}
     *
     * @param limit one of the six
     */
    public long minimum(LimitKey limit) {
        return limit.countsBytes() ? minBps : minIops;
    }
}
