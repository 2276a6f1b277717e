package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.Json;
import java.util.List;
import java.util.StringJoiner;

/**
 * How a whole Weir stands.
 *
 * @param version of Weir
 * @param pid of its process
 * @param home the folder that holds its state
 * @param drives all of them: {@code name}, {@code state}, {@code reason} as at {@link DriveView}
 * @param faults what is wrong with the configuration or with an address to listen on, a line for each
 */
public record Status(String version, long pid, String home, List<DriveState> drives, List<String> faults) {

    /** How a drive stands. */
    record DriveState(String name, DriveSnapshot.State state, String reason) {
        static DriveState of(DriveSnapshot drive) {
            return new DriveState(drive.name(), drive.state(), drive.reason());
        }
    }

    /** Returns how the Weir stands of which this is the whiteboard. */
    public static Status of(String version, String home, Services whiteboard) {
        return new Status(
                version,
                ProcessHandle.current().pid(),
                home,
                whiteboard.drives().stream()
                        .map(DriveControl::snapshot)
                        .map(DriveState::of)
                        .toList(),
                whiteboard.faults());
    }

    /** Returns a line for people, and one more for each fault. */
    public String text() {
        StringJoiner text = new StringJoiner(", ", "Weir %s, pid %d, in %s: ".formatted(version, pid, home), "");
        text.setEmptyValue("Weir %s, pid %d, in %s: no drives".formatted(version, pid, home));
        drives.forEach(drive -> text.add(drive.name() + " " + DriveView.standing(drive.state(), drive.reason())));
        return faults.isEmpty() ? text.toString() : text + "\n" + String.join("\n", faults);
    }

    /** Returns one line of JSON, as the commands do. */
    public String json() {
        return Json.text(this);
    }
}
