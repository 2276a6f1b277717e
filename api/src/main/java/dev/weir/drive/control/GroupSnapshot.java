package dev.weir.drive.control;

import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * The state of a group of drives at one moment.
 *
 * <p>Immutable.
 *
 * @param settings the configured settings; policy, limits, parent and share may have been changed since
 * @param reason why its drives hold their queues on its account; empty if they do not
 * @param policy the type of the current policy
 * @param limits the current shared limits; those for all hosts together if the group is of a cluster
 * @param parent the group whose limits apply beside its own; null for none
 * @param share the current share in the limits of the parent and above
 * @param debt the debt of its drives under these limits
 * @param waitingDrives number of drives with held requests, at any level below
 * @param queued number of held requests of these drives
 * @param requests number of requests charged to the group since its configuration
 * @param bytes the length of these requests
 * @param lease the part of the limits that this host may use now; null for a group of this host
 */
public record GroupSnapshot(
        GroupSettings settings,
        String reason,
        String policy,
        ThrottleLimits limits,
        @Nullable String parent,
        Share share,
        ThrottleDebt debt,
        int waitingDrives,
        int queued,
        long requests,
        long bytes,
        @Nullable ThrottleLimits lease) {

    /** {@return the name of the group} */
    public String name() {
        return settings.name();
    }
}
