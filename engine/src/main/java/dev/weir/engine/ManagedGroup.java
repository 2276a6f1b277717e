package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.factory.Policies;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A group of drives with its shared limits.
 *
 * <p>Queries are thread-safe. Changes need the engine's lock.
 */
final class ManagedGroup implements GroupControl {
    private final Engine engine;
    private final Clock clock;
    private final GroupNode node;
    private final Publisher.Publication control;
    private volatile GroupSettings settings;

    /** The name of the current parent, which need not exist; null for none. */
    private volatile @Nullable String parent;

    /** The limits and the lease of a group of a cluster; null for a group of this host. */
    private volatile @Nullable ClusterGroup cluster;

    ManagedGroup(
            Engine engine,
            GroupSettings settings,
            @Nullable ThrottlePolicyFactory factory,
            Clock clock,
            Publisher publisher,
            Debts debts) {
        this.engine = engine;
        this.clock = clock;
        this.settings = settings;
        PolicySlot own = new PolicySlot(
                "group " + settings.name(), settings.policy(), settings.limits(), factory, clock.nanoTime());
        node = new GroupNode(settings.name(), own, clock);
        debts.restore(node);
        node.share(settings.share());
        parent = settings.parent();
        control = publisher.publish(GroupControl.class, this, Map.of(GroupSettings.NAME, settings.name()));
    }

    /** Ends the group for good. */
    void remove() {
        control.withdraw();
        node.locked(at -> {
            node.own.remove();
            return at;
        });
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public GroupSnapshot snapshot() {
        return node.locked(at -> new GroupSnapshot(
                settings,
                reason(),
                node.own.type(),
                limits(),
                parent,
                node.share(),
                node.own.debt(clock.nanoTime()),
                node.waitingDrives(),
                node.queued(),
                node.charged().requests(),
                node.charged().bytes(),
                settings.cluster() == null ? null : node.own.limits()));
    }

    private ThrottleLimits limits() {
        ClusterGroup shared = cluster;
        return shared == null ? node.own.limits() : shared.limits();
    }

    private String reason() {
        GroupNode above = node.parent();
        String own = node.own.reason();
        return own.isEmpty() && above != null ? above.holding() : own;
    }

    GroupNode node() {
        return node;
    }

    GroupSettings settings() {
        return settings;
    }

    void settings(GroupSettings newSettings) {
        settings = newSettings;
    }

    /** Returns the limits and the lease of a group of a cluster; null for a group of this host. */
    @Nullable
    ClusterGroup cluster() {
        return cluster;
    }

    /** Makes this a group of a cluster, or of this host with null. {@link #reconfigure} must follow. */
    void cluster(@Nullable ClusterGroup newCluster) {
        cluster = newCluster;
    }

    /** Changes policy, limits and share, and moves the group below a parent; null for none. */
    void reconfigure(
            @Nullable GroupNode above,
            String policy,
            @Nullable ThrottlePolicyFactory factory,
            ThrottleLimits limits,
            Share share) {
        ClusterGroup shared = cluster;
        ThrottleLimits here = shared == null ? limits : shared.change(limits);
        node.moveTo(above, () -> {
            node.own.reconfigure(policy, factory, here, clock.nanoTime());
            node.share(share);
        });
    }

    /** Returns the type of the current policy. */
    String policyType() {
        return node.locked(at -> node.own.type());
    }

    ThrottleLimits currentLimits() {
        return node.locked(at -> limits());
    }

    Share currentShare() {
        return node.locked(at -> node.share());
    }

    @Nullable
    String currentParent() {
        return parent;
    }

    void currentParent(@Nullable String newParent) {
        parent = newParent;
    }

    @Override
    public void change(ThrottleLimits limits, @Nullable String newParent, Share share) {
        synchronized (engine) {
            checked(limits, newParent, share).run();
        }
    }

    private Runnable checked(ThrottleLimits limits, @Nullable String newParent, Share share) {
        ClusterGroup shared = cluster;
        if (shared != null) {
            shared.check(limits, newParent);
        }
        return engine.checked(this, limits, newParent, share);
    }

    /** Returns the limits after a change of some values. Throws if they are refused. Changes nothing. */
    ThrottleLimits changed(Map<String, Long> changes) {
        synchronized (engine) {
            ThrottleLimits after = currentLimits().changed(changes, settings.limits());
            checked(after, parent, currentShare());
            return after;
        }
    }

    @Override
    public <T> T exclusively(Supplier<T> steps) {
        synchronized (engine) {
            return steps.get();
        }
    }

    @Override
    public void limits(ThrottleLimits limits) {
        change(limits, parent, currentShare());
    }

    @Override
    public void policy(String type) {
        engine.change(this, type);
    }

    @Override
    public void restore() {
        engine.restore(this);
    }

    /** Replaces the policy if another factory now provides its type. */
    void policiesChanged(Policies policies) {
        node.locked(at -> {
            node.own.installFrom(policies::get, clock.nanoTime());
            node.changed();
            return at;
        });
        node.release();
    }
}
