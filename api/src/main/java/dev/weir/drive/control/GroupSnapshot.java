package dev.weir.drive.control;

import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;

/**
 * The state of a group of drives at one moment.
 *
 * @param settings the configured settings; policy and limits may have been changed since
 * @param reason why its drives hold their queues on its account; empty if they do not
 * @param policy the type of the current policy
 * @param limits the current shared limits
 * @param debt the debt of its drives under these limits
 * @param waitingDrives number of drives with held requests
 * @param queued number of held requests of its drives
 */
public record GroupSnapshot(
        GroupSettings settings,
        String reason,
        String policy,
        ThrottleLimits limits,
        ThrottleDebt debt,
        int waitingDrives,
        int queued) {

    /** {@return the name of the group} */
    public String name() {
        return settings.name();
    }
}
