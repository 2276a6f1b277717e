package dev.weir.view.reload;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.view.LiveChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The drives and groups that commands have changed.
 *
 * @param weir the drives and groups
 */
record Overrides(ReloadSources weir) {

    /** Returns the names of the changed drives and groups. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (DriveControl drive : weir.drives()) {
            if (!changes(drive).isEmpty()) {
                names.add(drive.name());
            }
        }
        for (GroupControl group : weir.groups()) {
            if (!LiveChanges.of(group.snapshot()).isEmpty()) {
                names.add(group.name());
            }
        }
        temporary().stream()
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

    /** Returns the drives and groups with temporary definitions: {@code drive vm1}. */
    private List<String> temporary() {
        Definitions definitions = weir.definitions();
        return definitions == null ? List.of() : definitions.temporary();
    }

    /**
     * Reverts all changes. Returns the settings that apply again by drive or group: {@code drive vm1}.
     *
     * @throws RefusedChangeException if the saved definitions have errors; live changes are reverted then
     */
    Map<String, String> restore() throws RefusedChangeException {
        Map<String, String> restored = new LinkedHashMap<>();
        for (DriveControl drive : weir.drives()) {
            Map<String, Object> configured = changes(drive);
            if (!configured.isEmpty()) {
                drive.restore();
                restored.put("drive " + drive.name(), LiveChanges.text(configured));
            }
        }
        for (GroupControl group : weir.groups()) {
            Map<String, Object> configured = LiveChanges.of(group.snapshot());
            if (!configured.isEmpty()) {
                group.restore();
                restored.put("group " + group.name(), LiveChanges.text(configured));
            }
        }
        Definitions definitions = weir.definitions();
        List<String> undone =
                definitions == null ? List.of() : definitions.restore().changes();
        for (String change : undone) {
            int space = change.indexOf(' ');
            restored.put(change.substring(space + 1), change.substring(0, space));
        }
        return restored;
    }
}
