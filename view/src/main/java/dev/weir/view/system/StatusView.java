package dev.weir.view.system;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.log.PlainText;
import dev.weir.view.DriveView;
import dev.weir.view.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The status of a running Weir.
 *
 * @param version its version
 * @param pid its process id
 * @param home its home folder
 * @param drives all drives with {@code name}, {@code state} and {@code reason} as in {@link DriveView}
 * @param deployed one line for each bundle that runs from a jar in {@code deploy/}
 * @param faults one line for each error of the configuration, an export, a jar in {@code deploy/} or a thread
 * @param warnings one line for each address that some of its users cannot reach
 */
public record StatusView(
        String version,
        long pid,
        String home,
        List<DriveState> drives,
        List<String> deployed,
        List<String> faults,
        List<String> warnings) {

    private static final int MOST_NAMED = 10;

    /**
     * The state of a drive.
     *
     * @param name its name
     * @param state its state
     * @param reason the reason why it is not serving; empty while serving
     */
    public record DriveState(String name, DriveSnapshot.State state, String reason) {
        /**
         * Returns the state of a drive. If it waits for a bundle then the reason also names the unusable
         * jars because one of them may be that bundle.
         */
        static DriveState of(DriveSnapshot drive, List<String> unusable) {
            boolean missing = drive.reason().endsWith(" is missing") && !unusable.isEmpty();
            String hint = missing ? "; cannot be used: " + String.join(", ", unusable) : "";
            return new DriveState(drive.name(), drive.state(), drive.reason() + hint);
        }

        /** Returns the state of a configured drive without a service. */
        static DriveState absent(String name) {
            return new DriveState(name, DriveSnapshot.State.UNAVAILABLE, "the drive does not exist in the engine");
        }
    }

    /**
     * Returns the current status. A configured drive without a service is unavailable, for example during a start or
     * while the engine's bundle is stopped.
     *
     * @param configured the names of the configured drives; null before the configuration has been read
     * @param unusable the unusable jars in {@code deploy/}
     */
    public static StatusView of(
            String version,
            String home,
            List<DriveControl> drives,
            @Nullable List<String> configured,
            List<String> unusable,
            List<String> deployed,
            List<String> faults,
            List<String> warnings) {
        List<DriveState> states = new ArrayList<>(drives.stream()
                .map(DriveControl::snapshot)
                .map(drive -> DriveState.of(drive, unusable))
                .toList());
        Set<String> there = states.stream().map(DriveState::name).collect(Collectors.toSet());
        List<String> allFaults = new ArrayList<>(faults);
        if (configured == null) {
            allFaults.add("the configuration has not been read yet");
        } else {
            configured.stream()
                    .filter(name -> !there.contains(name))
                    .map(DriveState::absent)
                    .forEach(states::add);
        }
        return new StatusView(version, ProcessHandle.current().pid(), home, states, deployed, allFaults, warnings);
    }

    /** Returns whether all drives are serving and no errors exist. */
    public boolean isHealthy() {
        return faults.isEmpty() && drives.stream().allMatch(drive -> drive.state() == DriveSnapshot.State.SERVING);
    }

    /**
     * Returns the status as text: one line, followed by a line for each jar, each error and each warning. With more
     * than ten drives the first line counts the states. Up to ten drives that are not serving follow by name.
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
        Stream.concat(faults.stream(), warnings.stream()).forEach(line -> lines.add(PlainText.of(line)));
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

    /** Returns the status as one line of JSON. */
    public String json() {
        return Json.text(this);
    }
}
