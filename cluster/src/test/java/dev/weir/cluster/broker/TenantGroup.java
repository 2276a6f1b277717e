package dev.weir.cluster.broker;

import dev.weir.clock.Clock;
import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.Lease;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.SharedGroup;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import java.util.Set;

/** A group of one of three hosts whose drives want all they can get, or nothing. */
class TenantGroup implements SharedGroup {
    static final String NAME = "tenant";
    static final int HOSTS = 3;
    static final long LIMIT = 3_000;

    private final Clock clock;
    private final ClusterScope scope = new ClusterScope(1, HOSTS, HOSTS, OnPartition.SAFE_SHARE);
    volatile ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", LIMIT));
    volatile Lease lease = Lease.endless(ThrottleLimits.of(Map.of("iops", 1L)));
    private volatile boolean isHungry;
    private volatile Runnable onQueue = () -> {};

    TenantGroup(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ThrottleLimits limits() {
        return limits;
    }

    @Override
    public ThrottleLimits changed(Map<String, Long> changes) {
        return limits.changed(changes, ThrottleLimits.NONE);
    }

    @Override
    public ClusterScope scope() {
        return scope;
    }

    @Override
    public Demand demand() {
        return isHungry ? new Demand(0, 0, 0, 0, 9, Set.of(LimitKey.IOPS), 0, 0) : Demand.NONE;
    }

    @Override
    public void lease(Lease newLease) {
        lease = newLease;
    }

    @Override
    public void limits(ThrottleLimits newLimits) {
        limits = newLimits;
    }

    @Override
    public void onQueue(Runnable action) {
        onQueue = action;
    }

    void hungry(boolean nowHungry) {
        isHungry = nowHungry;
        onQueue.run();
    }

    /** Returns the share; 0 after the end of its lease. */
    long share() {
        Lease now = lease;
        boolean isOver = now.hasEnd() && clock.nanoTime() - now.endNanos() >= 0;
        return isOver ? 0 : now.limits().rate(LimitKey.IOPS);
    }

    boolean isLeased() {
        return lease.hasEnd();
    }
}
