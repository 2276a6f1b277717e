package dev.weir.config;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Result of a reading. Its settings must not be used if it has errors.
 *
 * @param groups all groups in written order
 * @param drives all drives in written order
 * @param listen listen addresses of the NBD server: {@code unix:/path} or {@code tcp:host:port}
 * @param nbd other configuration properties of the NBD server
 * @param metrics listen address of the metrics endpoint ({@code tcp:host:port}), or null if metrics are disabled
 * @param origins place of each setting by key, for each PID of a drive or group
 * @param files files that were looked for, including missing ones
 * @param missingBackends unregistered backend types that drives name
 * @param missingFilters unregistered filter types that drives name
 * @param missingPolicies unregistered policy types that drives and groups name
 * @param faults one line per error
 * @param warnings one line per warning
 * @param isFailed whether the reading failed for another reason than an error in the file; it is then retried
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
        Set<String> missingFilters,
        Set<String> missingPolicies,
        List<String> faults,
        List<String> warnings,
        boolean isFailed) {

    /** Returns a failed reading. */
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
                Set.of(),
                List.of(fault),
                List.of(),
                true);
    }
}
