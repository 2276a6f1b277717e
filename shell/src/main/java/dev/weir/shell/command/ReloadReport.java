package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.shell.view.ReloadView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report of a reload, and the live changes that outlive it. */
final class ReloadReport {
    private ReloadReport() {}

    /** Returns whether a drive differs from its configuration by live changes. */
    static boolean isChanged(DriveControl drive) {
        DriveSnapshot now = drive.snapshot();
        return !now.limits().equals(now.settings().limits())
                || !now.policy().equals(now.settings().policy());
    }

    /** Returns whether a group differs from its configuration by live changes. */
    static boolean isChanged(GroupControl group) {
        GroupSnapshot now = group.snapshot();
        return !now.limits().equals(now.settings().limits())
                || !now.policy().equals(now.settings().policy())
                || !now.share().equals(now.settings().share())
                || !Objects.equals(now.parent(), now.settings().parent());
    }

    /**
     * Returns a view of the drives that exist in the engine. They may differ from the configured ones.
     *
     * @param before the time of the last changes before the reload (ms since 1970)
     */
    static ReloadView of(Services services, long before) {
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
                Stream.concat(
                                drives.stream().filter(ReloadReport::isChanged).map(DriveControl::name),
                                services.groups().stream()
                                        .filter(ReloadReport::isChanged)
                                        .map(GroupControl::name))
                        .toList(),
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
