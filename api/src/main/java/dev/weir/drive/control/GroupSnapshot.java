package dev.weir.drive.control;

import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;

/**
 * How a group of drives stands at one moment.
 *
 * @param settings what it is configured with; the policy and the limits may have been changed since, see below
 * @param reason why its drives hold their queues, for people; empty if they do not on its account
 * @param policy the type of its policy, as it is now
 * @param limits the limits that its drives share, as they are now
 * @param debt what its drives owe together under its limits
 * @param waitingDrives how many of its drives have requests waiting
 * @param queued how many requests wait in the queues of its drives
 */
public record GroupSnapshot(
        GroupSettings settings,
        String reason,
        String policy,
        ThrottleLimits limits,
        ThrottleDebt debt,
        int waitingDrives,
        int queued) {

    /** {@return the group's name} */
    public String name() {
        return settings.name();
    }
}
