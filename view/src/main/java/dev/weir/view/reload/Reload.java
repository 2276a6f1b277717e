package dev.weir.view.reload;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.view.source.ServiceLines;
import dev.weir.view.system.ReloadView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration again.
 *
 * @param weir the services
 * @param log receives a line for each restored drive or group
 */
public record Reload(ReloadSources weir, Consumer<String> log) {

    /**
     * Applies the differences.
     *
     * @param restores whether it also reverts all changes by commands that were not saved
     * @throws IllegalStateException if the configuration has not been read yet
     * @throws RefusedReloadException if the configuration has errors; nothing has changed then
     * @throws RefusedChangeException if the saved definitions have errors; the file is applied then
     */
    public ReloadView run(boolean restores) throws RefusedReloadException, RefusedChangeException {
        ConfigurationSource configuration = weir.source();
        if (configuration == null) {
            throw new IllegalStateException("nothing to reload because the configuration has not been read yet");
        }
        long before = changedMillis();
        List<String> faults = configuration.reload();
        if (!faults.isEmpty()) {
            throw new RefusedReloadException(faults);
        }
        Overrides overrides = new Overrides(weir);
        Map<String, String> restored = restores ? overrides.restore() : null;
        if (restored != null) {
            restored.forEach((owner, settings) -> log.accept("restored " + owner + ": " + settings));
        }
        return report(overrides, before, restored);
    }

    /** Returns the time of the last applied changes of the configuration (ms since 1970); 0 before the first. */
    private long changedMillis() {
        return weir.configurationProperties().get(ConfigurationSource.CHANGED_MILLIS) instanceof Long millis
                ? millis
                : 0;
    }

    private List<String> configured(String key) {
        return ServiceLines.ofProperty(weir.configurationProperties(), key);
    }

    /** Returns a view of the drives that exist in the engine. They may differ from the configured ones. */
    private ReloadView report(Overrides overrides, long before, @Nullable Map<String, String> restored) {
        List<String> changes = configured(ConfigurationSource.CHANGES);
        long changedMillis = changedMillis();
        List<String> names = configured(ConfigurationSource.DRIVES);
        List<DriveControl> drives = weir.drives();
        Set<String> there = drives.stream().map(DriveControl::name).collect(Collectors.toSet());
        Map<String, String> unavailable = new LinkedHashMap<>();
        names.stream()
                .filter(name -> !there.contains(name))
                .forEach(name -> unavailable.put(name, "the drive does not exist in the engine"));
        drives.stream()
                .map(DriveControl::snapshot)
                .filter(drive -> drive.state() == DriveSnapshot.State.UNAVAILABLE)
                .forEach(drive -> unavailable.put(drive.settings().name(), drive.reason()));
        return new ReloadView(
                changedMillis == 0
                        ? null
                        : Instant.ofEpochMilli(changedMillis)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString(),
                changedMillis != before,
                named(changes, "added "),
                named(changes, "changed "),
                named(changes, "removed "),
                configured(ConfigurationSource.REOPENED),
                names.stream().filter(there::contains).toList(),
                unavailable,
                restored,
                overrides.names(),
                Stream.concat(configured(ConfigurationSource.WARNINGS).stream(), weir.exportWarnings().stream())
                        .toList(),
                weir.exportFaults());
    }

    private static List<String> named(List<String> changes, String kind) {
        return changes.stream()
                .filter(change -> change.startsWith(kind))
                .map(change -> change.substring(kind.length()))
                .toList();
    }
}
