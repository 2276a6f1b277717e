package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.view.system.ReloadView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report of a reload. */
final class ReloadReport {
    private ReloadReport() {}

    /**
     * Returns a view of the drives that exist in the engine. They may differ from the configured ones.
     *
     * @param before the time of the last changes before the reload (ms since 1970)
     * @param restored the settings that were restored, by drive or group; null unless that was asked for
     */
    static ReloadView of(Services services, Overrides overrides, long before, @Nullable Map<String, String> restored) {
        List<String> changes = services.configurationProperty(ConfigurationSource.CHANGES);
        long changedMillis = services.changedMillis();
        List<String> names = services.configurationProperty(ConfigurationSource.DRIVES);
        List<DriveControl> drives = services.drives();
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
                names.stream().filter(there::contains).toList(),
                unavailable,
                restored,
                overrides.names(),
                services.configurationProperty(ConfigurationSource.WARNINGS),
                services.exportFaults());
    }

    private static List<String> named(List<String> changes, String kind) {
        return changes.stream()
                .filter(change -> change.startsWith(kind))
                .map(change -> change.substring(kind.length()))
                .toList();
    }
}
