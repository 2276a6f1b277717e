package dev.weir.control.api;

import dev.weir.control.route.Problem;
import dev.weir.control.route.Router;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.view.text.KnownNames;
import java.util.List;
import java.util.Map;

/** Finds the drives and groups that paths name. */
final class Found {
    private static final String NAME = "name";

    private Found() {}

    /**
     * Returns the drive of a path.
     *
     * @throws Problem if no drive has the name
     */
    static DriveControl drive(Installation weir, Map<String, String> path) {
        String name = path.getOrDefault(NAME, "");
        DriveControl drive = weir.drive(name);
        if (drive == null) {
            List<String> names = weir.drives().stream().map(DriveControl::name).toList();
            throw absent("drive", name, KnownNames.hint(name, names, "GET /v1/drives"));
        }
        return drive;
    }

    /**
     * Returns the group of a path.
     *
     * @throws Problem if no group has the name
     */
    static GroupControl group(Installation weir, Map<String, String> path) {
        String name = path.getOrDefault(NAME, "");
        return weir.groups().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> absent(
                        "group",
                        name,
                        KnownNames.hint(
                                name,
                                weir.groups().stream().map(GroupControl::name).toList(),
                                "GET /v1/groups")));
    }

    /**
     * Returns the drives of the group of a path.
     *
     * @throws Problem if no group has the name
     */
    static List<DriveControl> members(Installation weir, Map<String, String> path) {
        String group = group(weir, path).name();
        return weir.drives().stream()
                .filter(drive -> group.equals(drive.snapshot().group()))
                .toList();
    }

    private static Problem absent(String kind, String name, String hint) {
        return new Problem(404, "no %s \"%s\"; %s".formatted(kind, Router.shown(name), hint));
    }
}
