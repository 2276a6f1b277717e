package dev.weir.cluster.lease;

import dev.weir.cluster.Demand;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The wanted rates of one group, computed from totals at two moments. A limit that holds requests wants twice its
 * share. Other limits want the rate of the last second and a little more. Not thread-safe.
 */
final class Wants {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** One part in this many of a rate is wanted on top, so that a small rise need not wait. */
    private static final int MARGIN = 32;

    private static final int LEAST_MARGIN = 2;

    private @Nullable Demand older;
    private @Nullable Demand newer;
    private long olderAt;
    private long newerAt;

    /**
     * Returns the wanted rates.
     *
     * @param has the share of this host
     * @param terms the limits of the group
     * @param sizeOfRequest the bytes above which a request counts as several; 0 if each counts as one
     */
    Rates update(Demand demand, Rates has, GroupTerms terms, long sizeOfRequest, long now) {
        if (newer == null || now - newerAt >= WINDOW_NANOS) {
            older = newer == null ? demand : newer;
            olderAt = newer == null ? now : newerAt;
            newer = demand;
            newerAt = now;
        }
        return Rates.of(key -> terms.limits(key) ? wants(key, demand, has.get(key), sizeOfRequest, now) : 0);
    }

    /** Returns the rates of the last second as the limits count them. Call {@link #update} before. */
    Rates used(Demand demand, GroupTerms terms, long sizeOfRequest, long now) {
        return Rates.of(key -> terms.limits(key) ? used(key, demand, sizeOfRequest, now) : 0);
    }

    private long used(LimitKey key, Demand demand, long sizeOfRequest, long now) {
        long used = used(key, demand, now);
        return key.countsBytes() || sizeOfRequest == 0
                ? used
                : Math.max(used, used(bytesOf(key), demand, now) / sizeOfRequest);
    }

    private long wants(LimitKey key, Demand demand, long has, long sizeOfRequest, long now) {
        long used = used(key, demand, sizeOfRequest, now);
        if (demand.held().contains(key)) {
            return 2 * Math.max(used, has) + LEAST_MARGIN;
        }
        // if another limit holds requests then it may soon hold fewer
        return demand.held().isEmpty() ? used + used / MARGIN + LEAST_MARGIN : 2 * used + LEAST_MARGIN;
    }

    private long used(LimitKey key, Demand demand, long now) {
        long elapsed = now - olderAt;
        if (older == null || elapsed <= 0) {
            return 0;
        }
        double units = demand.total(key) - older.total(key);
        return (long) Math.ceil(units * SECOND / Math.max(elapsed, SECOND / 2));
    }

    private static LimitKey bytesOf(LimitKey key) {
        return switch (key) {
            case IOPS_RD -> LimitKey.BPS_RD;
            case IOPS_WR -> LimitKey.BPS_WR;
            default -> LimitKey.BPS;
        };
    }
}
