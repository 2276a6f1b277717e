package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.engine.throttle.PolicySlot;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
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

    ManagedGroup(
            Engine engine,
            GroupSettings settings,
            @Nullable ThrottlePolicyFactory factory,
            Clock clock,
            Publisher publisher) {
        this.engine = engine;
        this.clock = clock;
        this.settings = settings;
        PolicySlot own = new PolicySlot(
                "group " + settings.name(), settings.policy(), settings.limits(), factory, clock.nanoTime());
        node = new GroupNode(settings.name(), own, clock);
        control = publisher.publish(GroupControl.class, this, Map.of(GroupSettings.NAME, settings.name()));
    }

    /** Ends the group for good. */
    void remove() {
        control.withdraw();
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public GroupSnapshot snapshot() {
        return node.locked(at -> new GroupSnapshot(
                settings,
                node.own.reason(),
                node.own.type(),
                node.own.limits(),
                node.own.debt(clock.nanoTime()),
                node.waitingDrives(),
                node.queued()));
    }

    GroupNode node() {
        return node;
    }

    GroupSettings settings() {
        return settings;
    }

    void configure(
            GroupSettings newSettings, String policy, @Nullable ThrottlePolicyFactory factory, ThrottleLimits limits) {
        settings = newSettings;
        reconfigure(policy, factory, limits);
    }

    void reconfigure(String policy, @Nullable ThrottlePolicyFactory factory, ThrottleLimits limits) {
        node.locked(at -> {
            node.own.reconfigure(policy, factory, limits, clock.nanoTime());
            node.limitsChanged();
            return at;
        });
        node.release();
    }

    /** Returns the type of the current policy. */
    String policyType() {
        return node.locked(at -> node.own.type());
    }

    ThrottleLimits currentLimits() {
        return node.locked(at -> node.own.limits());
    }

    @Override
    public void limits(ThrottleLimits limits) {
        engine.change(this, null, limits);
    }

    @Override
    public void policy(String type) {
        engine.change(this, type, null);
    }

    @Override
    public void restore() {
        engine.restore(this);
    }

    /** Replaces the policy if another factory now provides its type. */
    void policiesChanged(RankedFactories<ThrottlePolicyFactory> policies) {
        node.locked(at -> {
            node.own.installFrom(policies::get, clock.nanoTime());
            node.changed();
            return at;
        });
        node.release();
    }
}
