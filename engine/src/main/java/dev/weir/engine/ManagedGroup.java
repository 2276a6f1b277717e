package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.drive.GroupSettings;
import dev.weir.throttle.ThrottlePolicyFactory;
import org.jspecify.annotations.Nullable;

/** A group of drives: the limits they share, and the domain in which their queues are. */
final class ManagedGroup {
    private final Clock clock;
    private final PolicySlot slot;
    private final ThrottleDomain domain;

    ManagedGroup(GroupSettings settings, @Nullable ThrottlePolicyFactory factory, Clock clock) {
        this.clock = clock;
        slot = new PolicySlot(
                "group " + settings.name(), settings.policy(), settings.limits(), factory, clock.nanoTime());
        domain = new ThrottleDomain(clock, slot);
    }

    ThrottleDomain domain() {
        return domain;
    }

    void configure(GroupSettings settings, @Nullable ThrottlePolicyFactory factory) {
        synchronized (domain) {
            slot.reconfigure(settings.policy(), factory, settings.limits(), clock.nanoTime());
            domain.limitsChanged();
        }
        domain.release();
    }

    /** Goes on with another policy if the one for its type is another now. */
    void policiesChanged(Factories<ThrottlePolicyFactory> policies) {
        synchronized (domain) {
            slot.installFrom(policies, clock.nanoTime());
        }
        domain.release();
    }
}
