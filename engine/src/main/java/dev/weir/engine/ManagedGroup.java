package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.throttle.PolicySlot;
import dev.weir.engine.throttle.ThrottleDomain;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group of drives: the limits they share, and the domain in which their queues are.
 *
 * <p>What reads is thread-safe. What changes it is called with the engine's lock.
 */
final class ManagedGroup implements GroupControl {
    private final Clock clock;
    private final PolicySlot slot;
    private final ThrottleDomain domain;
    private final Publisher.Publication control;
    private volatile GroupSettings settings;

    ManagedGroup(GroupSettings settings, @Nullable ThrottlePolicyFactory factory, Clock clock, Publisher publisher) {
        this.clock = clock;
        this.settings = settings;
        slot = new PolicySlot(
                "group " + settings.name(), settings.policy(), settings.limits(), factory, clock.nanoTime());
        domain = new ThrottleDomain(clock, slot);
        control = publisher.publish(GroupControl.class, this, Map.of(GroupSettings.NAME, settings.name()));
    }

    /** Ends the group; it is not used again. */
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
                    slot.debt(clock.nanoTime()),
                    domain.waiting().size(),
                    domain.queued());
        }
    }

    ThrottleDomain domain() {
        return domain;
    }

    void configure(GroupSettings newSettings, @Nullable ThrottlePolicyFactory factory) {
        synchronized (domain) {
            slot.reconfigure(newSettings.policy(), factory, newSettings.limits(), clock.nanoTime());
            settings = newSettings;
            domain.limitsChanged();
        }
        domain.release();
    }

    /** Goes on with another policy if the one for its type is another now. */
    void policiesChanged(RankedFactories<ThrottlePolicyFactory> policies) {
        synchronized (domain) {
            slot.installFrom(policies::get, clock.nanoTime());
        }
        domain.release();
    }
}
