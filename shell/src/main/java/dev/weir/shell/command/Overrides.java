package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.view.LiveChanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
            if (!LiveChanges.of(drive.snapshot()).isEmpty()) {
                names.add(drive.name());
            }
        }
        for (GroupControl group : services.groups()) {
            if (!LiveChanges.of(group.snapshot()).isEmpty()) {
                names.add(group.name());
            }
        }
        return names;
    }

    /** Reverts all changes. Returns the settings that apply again, by drive or group: {@code drive vm1}. */
    Map<String, String> restore() {
        Map<String, String> restored = new LinkedHashMap<>();
        for (DriveControl drive : services.drives()) {
            Map<String, Object> configured = LiveChanges.of(drive.snapshot());
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
        restored.forEach((owner, settings) -> Caller.log("restored {}: {}", owner, settings));
        return restored;
    }
}
