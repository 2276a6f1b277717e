package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.throttle.PolicySlot;
import dev.weir.engine.throttle.ThrottleDomain;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group of drives with its shared limits and the domain of its queues.
 *
 * <p>Queries are thread-safe. Changes need the engine's lock.
 */
final class ManagedGroup implements GroupControl {
    private final Engine engine;
    private final Clock clock;
    private final PolicySlot slot;
    private final ThrottleDomain domain;
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
        slot = new PolicySlot(
                "group " + settings.name(), settings.policy(), settings.limits(), factory, clock.nanoTime());
        domain = new ThrottleDomain(clock, slot);
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
        synchronized (domain) {
            return new GroupSnapshot(
                    settings,
                    slot.reason(),
                    slot.type(),
                    slot.limits(),
                    slot.debt(clock.nanoTime()),
                    domain.waiting().size(),
                    domain.queued());
        }
    }

    ThrottleDomain domain() {
        return domain;
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
        synchronized (domain) {
            slot.reconfigure(policy, factory, limits, clock.nanoTime());
            domain.limitsChanged();
        }
        domain.release();
    }

    /** Returns the type of the current policy. */
    String policyType() {
        synchronized (domain) {
            return slot.type();
        }
    }

    ThrottleLimits currentLimits() {
        synchronized (domain) {
            return slot.limits();
        }
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
        synchronized (domain) {
            slot.installFrom(policies::get, clock.nanoTime());
        }
        domain.release();
    }
}
