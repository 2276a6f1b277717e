package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.shell.text.LimitValues;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Applies limit changes in the form {@code bps=10M iops=0} to a drive or a group. */
final class LimitChange {
    private LimitChange() {}

    /**
     * Changes the named limits of a drive and keeps the others.
     *
     * @param fault creates a syntax error from a message
     * @throws CommandFault if a word or value is invalid; no limit is changed then
     */
    static void apply(DriveControl drive, List<String> words, Function<String, CommandFault> fault) {
        DriveSnapshot now = drive.snapshot();
        ThrottleLimits after = changed(now.limits(), now.settings().limits(), settings(words, fault));
        drive.limits(after);
        Caller.log("changed the limits of drive {} from {} to {}", drive.name(), now.limits(), after);
    }

    /** Changes the named limits of a group and keeps the others. Errors are as for a drive. */
    static void apply(GroupControl group, List<String> words, Function<String, CommandFault> fault) {
        GroupSnapshot now = group.snapshot();
        ThrottleLimits after = changed(now.limits(), now.settings().limits(), settings(words, fault));
        group.limits(after);
        Caller.log("changed the limits of group {} from {} to {}", group.name(), now.limits(), after);
    }

    private static ThrottleLimits changed(ThrottleLimits now, ThrottleLimits configured, Map<String, Long> settings) {
        Map<String, Long> values = changed(now.toMap(), configured.toMap(), settings);
        List<LimitFault> faults = ThrottleLimits.faults(values);
        if (!faults.isEmpty()) {
            throw new CommandFault(faults.stream().map(LimitFault::toString).collect(Collectors.joining("; ")));
        }
        return ThrottleLimits.of(values);
    }

    private static Map<String, Long> settings(List<String> words, Function<String, CommandFault> fault) {
        Map<String, Long> settings = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw fault.apply("\"" + word + "\" is not KEY=VALUE");
            }
            String key = word.substring(0, equals);
            if (!ThrottleLimits.keys().contains(key)) {
                throw Services.absent("limit", key, ThrottleLimits.keys().stream());
            }
            if (settings.put(key, LimitValues.parse(key, word.substring(equals + 1))) != null) {
                throw fault.apply(key + " is set twice");
            }
        }
        return settings;
    }

    /**
     * Applies removals before assignments, so the order of the words does not matter. Removing a limit also removes
     * its burst. Setting an absent limit also restores its configured burst.
     */
    private static Map<String, Long> changed(
            Map<String, Long> values, Map<String, Long> configured, Map<String, Long> settings) {
        Map<String, Long> changed = new LinkedHashMap<>(values);
        settings.forEach((key, value) -> {
            if (value == 0) {
                changed.keySet().removeAll(List.of(key, key + "_max", key + "_max_length", key + "_length"));
            } else if (!values.containsKey(key) && configured.getOrDefault(key + "_max", 0L) >= value) {
                List.of(key + "_max", key + "_max_length").forEach(burst -> {
                    if (configured.containsKey(burst)) {
                        changed.put(burst, configured.get(burst));
                    }
                });
            }
        });
        settings.forEach((key, value) -> {
            if (value != 0) {
                changed.put(key, value);
            }
        });
        return changed;
    }
}
