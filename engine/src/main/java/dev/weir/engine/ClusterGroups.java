package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.LimitBroker;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups whose limits other hosts share, and the broker that divides them.
 *
 * <p>Not thread-safe: needs the engine's lock.
 */
final class ClusterGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterGroups.class);

    private final Clock clock;
    private final Map<String, ClusterGroup> groups = new LinkedHashMap<>();
    private @Nullable LimitBroker broker;

    ClusterGroups(Clock clock) {
        this.clock = clock;
    }

    /**
     * Makes a group one of the cluster or of this host, as its settings say. The settings must be current. A change of
     * the group's limits must follow.
     */
    void settle(ManagedGroup group) {
        ClusterScope scope = group.settings().cluster();
        boolean isShared = scope != null && !scope.isAlone();
        ClusterGroup before = group.cluster();
        if (before != null && isShared && Objects.equals(before.scope(), scope)) {
            return;
        }
        remove(group);
        if (scope != null && isShared) {
            ClusterGroup shared = new ClusterGroup(group, scope, group.currentLimits(), clock);
            groups.put(group.name(), shared);
            group.cluster(shared);
            shared.withoutBroker();
            join(shared);
        }
    }

    void remove(ManagedGroup group) {
        ClusterGroup before = groups.remove(group.name());
        if (before != null) {
            group.cluster(null);
            leave(before);
            before.end();
        }
    }

    /** Divides the limits by another broker; null for none. */
    void broker(@Nullable LimitBroker newBroker) {
        groups.values().forEach(this::leave);
        broker = newBroker;
        groups.values().forEach(this::join);
    }

    @Nullable
    LimitBroker broker() {
        return broker;
    }

    private void join(ClusterGroup group) {
        LimitBroker current = broker;
        if (current == null) {
            group.withoutBroker();
            return;
        }
        group.brokered();
        try {
            current.add(group);
        } catch (RuntimeException e) {
            LOG.error("group {} has no lease: {} failed", group.name(), current, e);
            group.withoutBroker();
        }
    }

    private void leave(ClusterGroup group) {
        LimitBroker current = broker;
        if (current == null) {
            return;
        }
        try {
            current.remove(group);
        } catch (RuntimeException e) {
            LOG.error("group {}: {} failed", group.name(), current, e);
        }
    }
}
