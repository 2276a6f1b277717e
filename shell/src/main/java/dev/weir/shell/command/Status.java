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
 * @param deployed a line for each bundle that runs from a jar in {@code deploy/}
 * @param faults a line for each fault of the configuration, of an address to listen on, of a jar in {@code deploy/} and
 *     of a thread
 */
public record Status(
        String version, long pid, String home, List<DriveState> drives, List<String> deployed, List<String> faults) {

    /** How a drive stands. */
    record DriveState(String name, DriveSnapshot.State state, String reason) {
        /** Names the jars that cannot be used to a drive that waits for a bundle: it may wait for one of these. */
        static DriveState of(DriveSnapshot drive, List<String> unusable) {
            boolean missing = drive.reason().endsWith(" is missing") && !unusable.isEmpty();
            String hint = missing ? "; cannot be used: " + String.join(", ", unusable) : "";
            return new DriveState(drive.name(), drive.state(), drive.reason() + hint);
        }
    }

    /** Returns how the Weir stands of which this is the whiteboard. */
    public static Status of(String version, String home, Services whiteboard) {
        List<String> unusable = whiteboard.unusableJars();
        return new Status(
                version,
                ProcessHandle.current().pid(),
                home,
                whiteboard.drives().stream()
                        .map(DriveControl::snapshot)
                        .map(drive -> DriveState.of(drive, unusable))
                        .toList(),
                whiteboard.deployed(),
                whiteboard.faults());
    }

    /** Returns a line for people, and one more for each fault. */
    public String text() {
        StringJoiner text = new StringJoiner(", ", "Weir %s, pid %d, in %s: ".formatted(version, pid, home), "");
        text.setEmptyValue("Weir %s, pid %d, in %s: no drives".formatted(version, pid, home));
        drives.forEach(drive -> text.add(drive.name() + " " + DriveView.standing(drive.state(), drive.reason())));
        StringJoiner lines = new StringJoiner("\n").add(text.toString());
        deployed.forEach(lines::add);
        faults.forEach(lines::add);
        return lines.toString();
    }

    /** Returns one line of JSON, as the commands do. */
    public String json() {
        return Json.text(this);
    }
}
