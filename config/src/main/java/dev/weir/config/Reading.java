package dev.weir.config;

import com.typesafe.config.ConfigObject;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.definition.DefinitionFault;
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
 * @param control configuration properties of the HTTP API, or null if it is off
 * @param cluster configuration properties of the cluster, or null if it is off
 * @param origins place of each setting by key, for each PID of a drive or group
 * @param files files that were looked for, including missing ones
 * @param reopened names of the running drives whose storage it closes and opens again
 * @param missingBackends unregistered backend types that drives name
 * @param missingFilters unregistered filter types that drives name
 * @param missingPolicies unregistered policy types that drives and groups name
 * @param definitions definitions of all drives and groups
 * @param details errors
 * @param notes warnings
 * @param isFailed whether the reading failed for another reason than an error in the file; it is then retried
 */
record Reading(
        List<GroupSettings> groups,
        List<DriveSettings> drives,
        List<String> listen,
        Map<String, Object> nbd,
        @Nullable String metrics,
        @Nullable Map<String, Object> control,
        @Nullable Map<String, Object> cluster,
        Map<String, Map<String, String>> origins,
        Set<Path> files,
        Set<String> reopened,
        Set<String> missingBackends,
        Set<String> missingFilters,
        Set<String> missingPolicies,
        Map<DefinitionKey, Block> definitions,
        List<DefinitionFault> details,
        List<DefinitionFault> notes,
        boolean isFailed) {

    /**
     * A definition of a drive or group.
     *
     * @param settings its settings
     * @param origin its origin
     * @param place its place for messages
     */
    record Block(ConfigObject settings, Origin origin, Place place) {}

    /** Returns one line per error. */
    List<String> faults() {
        return details.stream().map(DefinitionFault::toString).toList();
    }

    /** Returns one line per warning. */
    List<String> warnings() {
        return notes.stream().map(DefinitionFault::toString).toList();
    }

    /** Returns a failed reading. */
    static Reading failed(String fault) {
        return new Reading(
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                null,
                null,
                null,
                Map.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Map.of(),
                List.of(DefinitionFault.of("", "", fault)),
                List.of(),
                true);
    }
}
