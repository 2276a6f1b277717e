package dev.weir.drive.control;

import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleLimits;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A configured group of drives as an operator sees it. It is a service from when the group is configured until it
 * is removed, with its name as the property {@link GroupSettings#NAME}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface GroupControl {

    /** {@return the name by which drives and operators know it} */
    String name();

    /** {@return how the group stands; all of it at one moment} */
    GroupSnapshot snapshot();

    /**
     * Changes the limits that the drives share, also for what is queued. Lasts until the group's configuration changes or is
     * {@linkplain ConfigurationSource#reload() read again}.
     *
     * @param limits the limits that hold from now on
     * @throws IllegalArgumentException if the group's policy cannot keep them; nothing has changed then
     */
    void limits(ThrottleLimits limits);

    /**
     * Changes to a policy of another type, which takes over what is owed. While no bundle brings that type,
     * the group's drives hold their queues. Lasts as long as a change of the limits.
     *
     * @param type the type of the policy, for example {@code slice}
     * @throws IllegalArgumentException if that policy cannot keep the group's limits; nothing has changed then
     */
    void policy(String type);

    /** Takes back what was changed here: goes on with the limits and the policy of the group's configuration. */
    void restore();
}
