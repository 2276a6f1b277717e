package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.shell.session.Caller;
import dev.weir.view.LiveChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The drives and groups that commands have changed.
 *
 * @param services the drives and groups
 */
record Overrides(Services services) {

    /** Returns the names of the changed drives and groups. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (DriveControl drive : services.drives()) {
            if (!changes(drive).isEmpty()) {
                names.add(drive.name());
            }
        }
        for (GroupControl group : services.groups()) {
            if (!LiveChanges.of(group.snapshot()).isEmpty()) {
                names.add(group.name());
            }
        }
        new DefinitionWords(services)
                .temporary().stream()
                        .map(title -> title.substring(title.indexOf(' ') + 1))
                        .filter(name -> !names.contains(name))
                        .forEach(names::add);
        return names;
    }

    /** Returns the changed settings of a drive with their configured values. */
    private static Map<String, Object> changes(DriveControl drive) {
        DriveSnapshot now = drive.snapshot();
        Map<String, Object> changes = new LinkedHashMap<>(LiveChanges.of(now));
        FaultSettings configured = now.settings().faults();
        if (!drive.faults().settings().equals(configured)) {
            String names = configured.faults().stream().map(Fault::name).collect(Collectors.joining(","));
            changes.put("faults", names.isEmpty() ? "none" : names);
        }
        return changes;
    }

    /** Reverts all changes. Returns the settings that apply again, by drive or group: {@code drive vm1}. */
    Map<String, String> restore() {
        Map<String, String> restored = new LinkedHashMap<>();
        for (DriveControl drive : services.drives()) {
            Map<String, Object> configured = changes(drive);
            if (!configured.isEmpty()) {
                drive.restore();
                restored.put("drive " + drive.name(), LiveChanges.text(configured));
            }
        }
        for (GroupControl group : services.groups()) {
            Map<String, Object> configured = LiveChanges.of(group.snapshot());
            if (!configured.isEmpty()) {
                group.restore();
                restored.put("group " + group.name(), LiveChanges.text(configured));
            }
        }
        for (String change : new DefinitionWords(services).restore()) {
            int space = change.indexOf(' ');
            restored.put(change.substring(space + 1), change.substring(0, space));
        }
        restored.forEach((owner, settings) -> Caller.log("restored {}: {}", owner, settings));
        return restored;
    }
}
