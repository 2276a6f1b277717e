package dev.weir.view.source;

import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Changes some limits of a drive or a group and keeps the others. */
public final class LimitEdit {
    private LimitEdit() {}

    /**
     * Returns limits after a change. A value of 0 removes a limit and its burst. A limit that is set again has its
     * configured burst again.
     *
     * @param now the current limits
     * @param configured the limits of the configuration
     * @param settings the changed values by key
     * @throws IllegalArgumentException if the result is invalid; the message names each key, value and rule
     */
    public static ThrottleLimits changed(ThrottleLimits now, ThrottleLimits configured, Map<String, Long> settings) {
        Map<String, Long> values = changed(now.toMap(), configured.toMap(), settings);
        List<LimitFault> faults = ThrottleLimits.faults(values);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    faults.stream().map(LimitFault::toString).collect(Collectors.joining("; ")));
        }
        return ThrottleLimits.of(values);
    }

    /** Applies removals before assignments, so the order of the settings does not matter. */
    private static Map<String, Long> changed(
            Map<String, Long> values, Map<String, Long> configured, Map<String, Long> settings) {
        Map<String, Long> changed = new LinkedHashMap<>(values);
        settings.forEach((key, value) -> {
            if (value == 0) {
                changed.keySet()
                        .removeAll(List.of(
                                key,
                                key + "_max",
                                key + "_max_length",
                                key + "_length",
                                key + "_per_gib",
                                key + "_floor",
                                key.replaceFirst("_per_gib$", "_floor")));
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
