package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.Lease;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.SharedGroup;
import dev.weir.engine.policy.LeaseEnd;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limits that a group shares with other hosts, and the lease of this host. The lease is an ordinary limit of the
 * group's node. Without a broker the group has its least share, and after a while its safe share: other hosts may have
 * had the rest until then. {@link OnPartition} has the exceptions.
 *
 * <p>Thread-safe.
 */
final class ClusterGroup implements SharedGroup {
    /** The time after which the safe share is surely free: a lease, a grace period and the drift of two clocks. */
    private static final long SAFE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(10_100);

    private static final String NO_BROKER = "it has no lease of the cluster";

    private final ManagedGroup group;
    private final ClusterScope scope;
    private final Clock clock;
    private final Timer timer;
    private ThrottleLimits limits;
    private Lease lease;

    /** Whether a broker leases the share. */
    private boolean isBrokered;

    /** Whether the safe share is free, if no broker leases the share. */
    private boolean isSafe;

    /** Creates a group with the least share. {@link ManagedGroup#reconfigure} must follow. */
    ClusterGroup(ManagedGroup group, ClusterScope scope, ThrottleLimits limits, Clock clock) {
        this.group = group;
        this.scope = scope;
        this.limits = limits;
        this.clock = clock;
        this.timer = clock.timer(this::fire);
        this.lease = begin();
    }

    private Lease begin() {
        return scope.holds() ? Lease.none(scope.least(limits), NO_BROKER) : Lease.endless(scope.least(limits));
    }

    /** A broker leases the share from now on. */
    synchronized void brokered() {
        isBrokered = true;
        timer.disarm();
    }

    /** Gives the group its least share until a broker leases it another one. */
    void withoutBroker() {
        Lease begun;
        synchronized (this) {
            isBrokered = false;
            isSafe = false;
            begun = begin();
            if (scope.onPartition() == OnPartition.SAFE_SHARE) {
                // under last-share other hosts may keep their last shares for good
                timer.arm(clock.nanoTime() + SAFE_AFTER_NANOS);
            }
        }
        apply(begun);
    }

    private void fire() {
        Lease next;
        synchronized (this) {
            if (!isBrokered) {
                isSafe = true;
                next = Lease.endless(scope.safe(limits));
            } else if (!scope.holds() && lease.hasEnd() && clock.nanoTime() - lease.endNanos() >= 0) {
                // the broker is late; requests must not wait for it
                next = Lease.endless(lower(lease.limits(), scope.safe(limits)));
            } else {
                return;
            }
        }
        apply(next);
    }

    private static ThrottleLimits lower(ThrottleLimits lease, ThrottleLimits safe) {
        Map<String, Long> values = new LinkedHashMap<>(lease.toMap());
        for (LimitKey key : LimitKey.ALL) {
            if (safe.rate(key) > 0) {
                values.merge(key.key(), safe.rate(key), Math::min);
            }
        }
        return ThrottleLimits.of(values);
    }

    /** Ends the use of the group. */
    void end() {
        timer.disarm();
        group.node().locked(at -> {
            group.node().onQueue(null);
            return at;
        });
    }

    /**
     * Checks a live change of the group.
     *
     * @param parent the new parent; null for none
     * @throws IllegalArgumentException if a group of the cluster cannot have the limits or the parent
     */
    void check(ThrottleLimits newLimits, @Nullable String parent) {
        for (LimitKey limit : LimitKey.ALL) {
            String rule = scope.brokenRule(newLimits, limit);
            if (rule != null) {
                String value = newLimits.isScaled(limit) ? "_per_gib" : " = " + newLimits.rate(limit);
                throw new IllegalArgumentException(limit.key() + value + ": " + rule);
            }
        }
        if (parent != null) {
            throw new IllegalArgumentException("parent = " + parent + ": must not be set with scope = cluster");
        }
    }

    /** Changes the limits of all hosts and returns the share of this host. The lease stays until the next one. */
    synchronized ThrottleLimits change(ThrottleLimits newLimits) {
        boolean changed = !newLimits.equals(limits);
        limits = newLimits;
        if (changed && !isBrokered) {
            lease = isSafe ? Lease.endless(scope.safe(limits)) : begin();
        }
        return lease.limits();
    }

    @Override
    public String name() {
        return group.name();
    }

    @Override
    public synchronized ThrottleLimits limits() {
        return limits;
    }

    @Override
    public ThrottleLimits changed(Map<String, Long> changes) {
        return group.changed(changes);
    }

    @Override
    public ClusterScope scope() {
        return scope;
    }

    @Override
    public Demand demand() {
        return group.node().locked(at -> group.node().demand(clock.nanoTime()));
    }

    @Override
    public void lease(Lease newLease) {
        synchronized (this) {
            if (!isBrokered) {
                return;
            }
        }
        apply(newLease);
    }

    private void apply(Lease newLease) {
        GroupNode node = group.node();
        node.locked(at -> {
            synchronized (this) {
                lease = newLease;
                if (newLease.hasEnd()) {
                    timer.arm(newLease.endNanos());
                }
            }
            LeaseEnd end = new LeaseEnd(newLease.hasEnd(), newLease.endNanos());
            node.lease(newLease.limits(), end, newLease.reason(), clock.nanoTime());
            return at;
        });
        node.release();
    }

    @Override
    public void limits(ThrottleLimits newLimits) {
        group.limits(newLimits);
    }

    @Override
    public void onQueue(Runnable action) {
        group.node().locked(at -> {
            group.node().onQueue(action);
            return at;
        });
    }
}
