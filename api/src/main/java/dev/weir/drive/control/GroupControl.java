package dev.weir.drive.control;

import dev.weir.drive.settings.GroupSettings;
import dev.weir.drive.settings.LimitTree;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
     * Runs steps while no other change of a drive or group can come between them, also none of the configuration. So
     * a step may change what an earlier one has read. The steps must be short and must not wait for another thread.
     *
     * @param steps the steps, which may call this object
     * @param <T> the type of their value
     * @return the value of the steps; what they throw is thrown
     */
    <T> T exclusively(Supplier<T> steps);

    /**
     * Changes the shared limits. They apply to queued requests too. The change lasts until {@link #restore}, the end
     * of Weir or another value of the same key in this group's configuration.
     *
     * @param limits the new limits
     * @throws IllegalArgumentException if the group's policy cannot enforce them or they do not cover the minima of its
     *     members; nothing has changed then
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

    /**
     * Changes limits, parent and share together. A change of the parent moves the group with all below it; debts stay
     * with the group. The change lasts as long as a change of the limits.
     *
     * @param limits the new limits
     * @param parent the name of the new parent; null for none
     * @param share the new share in the limits of the parent and above
     * @throws IllegalArgumentException if the group's policy cannot enforce the limits or the change breaks a rule of
     *     {@link LimitTree}; nothing has changed then
     */
    void change(ThrottleLimits limits, @Nullable String parent, Share share);

    /** Undoes the changes: restores limits, policy, share and parent of the group's configuration. */
    void restore();
}
