package dev.weir.event;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of state. Immutable if the values of its details are.
 *
 * @param type type, for example {@value #DRIVE_STATE}
 * @param subject name of the drive or group; empty for Weir as a whole
 * @param timeMillis time (ms since 1970, UTC)
 * @param details further values by the field names of the shell's JSON; each is a string, a number, a boolean, a
 *     list of strings or null
 */
public record StateEvent(String type, String subject, long timeMillis, Map<String, @Nullable Object> details) {
    /** Type: a drive has another state. Details: {@code state}, {@code reason}. */
    public static final String DRIVE_STATE = "drive-state";

    /** Type: a drive exists. Details: {@code state}, {@code reason}. */
    public static final String DRIVE_ADDED = "drive-added";

    /** Type: a drive does not exist any more. */
    public static final String DRIVE_REMOVED = "drive-removed";

    /** Type: a group exists. */
    public static final String GROUP_ADDED = "group-added";

    /** Type: a group does not exist any more. */
    public static final String GROUP_REMOVED = "group-removed";

    /**
     * Type: a drive or group has other limits, policy, group or size. Details: {@code kind} ({@code drive} or {@code
     * group}), {@code changed} (the names of the changed settings).
     */
    public static final String SETTINGS_CHANGED = "settings-changed";

    /**
     * Type: the oldest request of a drive has been held for 30 s or more. Details: {@code age_nanos}, {@code held_by},
     * {@code client}.
     */
    public static final String HELD_LONG = "held-long";

    /** Type: no request of a drive has been held for long any more. */
    public static final String HELD_LONG_OVER = "held-long-over";

    /** Type: a fault on purpose acts from now on. Details: {@code fault}. */
    public static final String FAULT_BEGAN = "fault-began";

    /** Type: a fault on purpose acts no longer. Details: {@code fault}. */
    public static final String FAULT_ENDED = "fault-ended";

    /** Type: the lease of a group ended before the next one. Details: {@code state}, that of the group's share. */
    public static final String LEASE_LOST = "lease-lost";

    /** Type: no majority of the configured hosts follows the coordinator any more. */
    public static final String PARTITION = "partition";

    /** Type: a majority follows the coordinator again. Details: {@code coordinator}. */
    public static final String PARTITION_OVER = "partition-over";

    /** Type: this host follows another coordinator. Details: {@code coordinator}. */
    public static final String COORDINATOR = "coordinator";

    /** Type: the configuration was read. Details: {@code changes}, {@code faults}, {@code warnings}. */
    public static final String CONFIGURATION = "configuration";

    /**
     * Copies the details.
     *
     * @param type type
     * @param subject name of the drive or group; empty for Weir as a whole
     * @param timeMillis time (ms since 1970, UTC)
     * @param details further values by name
     */
    public StateEvent {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
}
