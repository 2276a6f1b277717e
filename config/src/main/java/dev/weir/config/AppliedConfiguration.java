package dev.weir.config;

import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SettingsText;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration that was applied last, and its service.
 *
 * <p>Changes are confined to the configuration thread. The queries are thread-safe.
 */
final class AppliedConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(HoconConfiguration.class);

    private final ConfigurationApplier applier;
    private final PublishedSource published;

    private volatile Map<String, Map<String, String>> origins = Map.of();
    private volatile Map<DefinitionKey, Reading.Block> definitions = Map.of();

    private List<String> driveNames = List.of();
    private List<String> changes = List.of();
    private List<String> reopened = List.of();
    private long changedMillis;

    AppliedConfiguration(ConfigurationApplier applier, PublishedSource published) {
        this.applier = applier;
        this.published = published;
    }

    /**
     * Applies a reading without errors.
     *
     * @return the changes; see {@link ConfigurationApplier#apply}
     * @throws IOException if Configuration Admin cannot store it
     */
    List<String> apply(Reading reading) throws IOException {
        try {
            List<String> applied = applier.apply(reading);
            applied.forEach(change -> LOG.info("configuration: {}", change));
            if (!applied.isEmpty()) {
                changes = applied;
                reopened = reading.reopened().stream().sorted().toList();
                changedMillis = System.currentTimeMillis();
            }
            origins = reading.origins();
            definitions = reading.definitions();
            driveNames = reading.drives().stream().map(DriveSettings::name).toList();
            return applied;
        } catch (IOException e) {
            LOG.error("Configuration Admin cannot store the configuration", e);
            throw new IOException("Configuration Admin cannot store the configuration: " + FailureText.of(e), e);
        }
    }

    /** Applies a reading without errors. Returns the failure of Configuration Admin, or no line. */
    List<String> applyOrExplain(Reading reading) {
        try {
            apply(reading);
            return List.of();
        } catch (IOException e) {
            return List.of(FailureText.of(e));
        }
    }

    /** Publishes the outcome of a reading as service properties. */
    void publish(List<String> faults, List<String> warnings) {
        published.publish(Map.of(
                ConfigurationSource.DRIVES, driveNames.toArray(String[]::new),
                ConfigurationSource.CHANGES, changes.toArray(String[]::new),
                ConfigurationSource.REOPENED, reopened.toArray(String[]::new),
                ConfigurationSource.CHANGED_MILLIS, changedMillis,
                ConfigurationSource.FAULTS, faults.toArray(String[]::new),
                ConfigurationSource.WARNINGS, warnings.toArray(String[]::new)));
    }

    /** Returns the origin of each setting by key for the PID of a drive or group. */
    Map<String, String> origins(String pid) {
        return origins.getOrDefault(pid, Map.of());
    }

    /** Returns the blocks of all definitions. */
    Map<DefinitionKey, Reading.Block> definitions() {
        return definitions;
    }

    /** Returns a definition, or null if it does not exist. */
    @Nullable
    Definition find(DefinitionKey key) {
        Reading.Block block = definitions.get(key);
        return block == null ? null : definition(key, block);
    }

    /** Returns the definitions of a kind by name. */
    List<Definition> list(Definition.Kind kind) {
        return definitions.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == kind)
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(DefinitionKey::name)))
                .map(entry -> definition(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Returns a definition of a reading. */
    static Definition definition(DefinitionKey key, Reading.Block block) {
        return new Definition(
                key.kind(),
                key.name(),
                SettingsText.readable(block.settings()),
                SettingsText.version(block.settings()),
                block.origin(),
                block.place().toString());
    }
}
