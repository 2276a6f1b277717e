package dev.weir.drive.control;

import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleLimits;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A configured group of drives for operators: inspection and live changes. Published as a service from configuration
 * to removal. The property {@link GroupSettings#NAME} is its name.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface GroupControl {

    /** {@return the name of the group for drives and operators} */
    String name();

    /** {@return the consistent state of the group at one moment} */
    GroupSnapshot snapshot();

    /**
     * Changes the shared limits. They apply to queued requests too. The change lasts until {@link #restore}, the end
     * of Weir or another value of the same key in this group's configuration.
     *
     * @param limits the new limits
     * @throws IllegalArgumentException if the group's policy cannot enforce them; nothing has changed then
     */
    void limits(ThrottleLimits limits);

    /**
     * Changes the policy. The new policy takes over the debt. While no bundle provides the type, the group's drives
     * hold their queues. The change lasts as long as a change of the limits.
     *
     * @param type the type of the policy, for example {@code slice}
     * @throws IllegalArgumentException if the policy cannot enforce the group's limits; nothing has changed then
     */
    void policy(String type);

    /** Undoes the changes: restores limits and policy of the group's configuration. */
    void restore();
}
