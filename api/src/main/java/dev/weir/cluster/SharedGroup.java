package dev.weir.cluster;

import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A group of this host whose limits all hosts of the cluster share.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface SharedGroup {

    /** {@return the name, which is the same on all hosts} */
    String name();

    /** {@return the limits for all hosts together, as set on this host} */
    ThrottleLimits limits();

    /**
     * {@return the limits after a change of some values} Changes nothing.
     *
     * @param changes the new values by key, as in {@link ThrottleLimits#changed}
     * @throws IllegalArgumentException if the result is invalid or the group's policy cannot enforce it
     */
    ThrottleLimits changed(Map<String, Long> changes);

    /** {@return the part of this host in the limits while it has no lease} */
    ClusterScope scope();

    /** {@return the demand at this moment} */
    Demand demand();

    /**
     * Sets the share of this host. It replaces the share before.
     *
     * @param lease the share and its end
     */
    void lease(Lease lease);

    /**
     * Sets the limits for all hosts together. Unlike {@link #lease} this is a change of the group itself. It lasts
     * until another value of the same key in the configuration.
     *
     * @param limits the new limits
     * @throws IllegalArgumentException if the group's policy cannot enforce them; nothing has changed then
     */
    void limits(ThrottleLimits limits);

    /**
     * Sets the action for the moment at which the first request of the group must wait. It runs under a lock of the
     * engine: it must return at once and must not call this group.
     *
     * @param action the action, which replaces the one before
     */
    void onQueue(Runnable action);
}
