package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.log.PlainText;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

    private static final int MOST_NAMED = 10;

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

    /** Returns whether every drive is served and nothing is wrong with the configuration or an address. */
    public boolean isHealthy() {
        return faults.isEmpty() && drives.stream().allMatch(drive -> drive.state() == DriveSnapshot.State.SERVING);
    }

    /**
     * Returns a line for people, and one more for each fault. Of many drives the line counts the states, and only those
     * that are not served are named, up to ten.
     */
    public String text() {
        List<String> lines = new ArrayList<>();
        String which = drives.isEmpty() ? "no drives" : drives.size() <= MOST_NAMED ? each(drives) : counts();
        lines.add("Weir %s, pid %d, in %s: %s".formatted(version, pid, home, which));
        if (drives.size() > MOST_NAMED) {
            List<DriveState> others = drives.stream()
                    .filter(drive -> drive.state() != DriveSnapshot.State.SERVING)
                    .toList();
            others.stream().limit(MOST_NAMED).forEach(drive -> lines.add("drive " + each(List.of(drive))));
            if (others.size() > MOST_NAMED) {
                lines.add("and %d more".formatted(others.size() - MOST_NAMED));
            }
        }
        deployed.forEach(line -> lines.add(PlainText.of(line)));
        faults.forEach(fault -> lines.add(PlainText.of(fault)));
        return String.join("\n", lines);
    }

    private static String each(List<DriveState> drives) {
        return drives.stream()
                .map(drive -> drive.name() + " " + PlainText.of(DriveView.standing(drive.state(), drive.reason())))
                .collect(Collectors.joining(", "));
    }

    private String counts() {
        Map<DriveSnapshot.State, Long> counts = drives.stream()
                .collect(Collectors.groupingBy(
                        DriveState::state, () -> new EnumMap<>(DriveSnapshot.State.class), Collectors.counting()));
        return drives.size() + " drives, "
                + counts.entrySet().stream()
                        .map(count -> count.getValue() + " " + DriveView.standing(count.getKey(), ""))
                        .collect(Collectors.joining(", "));
    }

    /** Returns one line of JSON, as the commands do. */
    public String json() {
        return Json.text(this);
    }
}
