package dev.weir.config;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was read. If there are faults, the settings are not to be used.
 *
 * @param groups all groups, in the order in which they were written
 * @param drives all drives, likewise
 * @param listen what the NBD server listens on: {@code unix:/path} and {@code tcp:host:port}
 * @param nbd what else the NBD server is told, as properties of its configuration
 * @param metrics what the metrics endpoint listens on, {@code tcp:host:port}, or null if there is none
 * @param origins where each setting was written, by its key, by the PID of the drive or group
 * @param files the files that were looked for, whether they are there or not
 * @param missingBackends the types of backends that drives ask for and that were not here
 * @param missingPolicies the types of policies that drives and groups ask for and that were not here
 * @param faults a line for each
 * @param warnings a line for each
 * @param isFailed whether it failed for another reason than a fault of the file, so that it is tried again
 */
record Reading(
        List<GroupSettings> groups,
        List<DriveSettings> drives,
        List<String> listen,
        Map<String, Object> nbd,
        @Nullable String metrics,
        Map<String, Map<String, String>> origins,
        Set<Path> files,
        Set<String> missingBackends,
        Set<String> missingPolicies,
        List<String> faults,
        List<String> warnings,
        boolean isFailed) {

    /** Returns a reading that came to nothing. */
    static Reading failed(String fault) {
        return new Reading(
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                null,
                Map.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                List.of(fault),
                List.of(),
                true);
    }
}
