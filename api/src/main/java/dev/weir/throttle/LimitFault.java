package dev.weir.throttle;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A fault in one key of a set of limits. A configuration shows it at the line of that key.
 *
 * <p>Immutable.
 *
 * @param key the key as in a configuration file such as {@code bps_max}; it decides the line
 * @param value the rejected value
 * @param rule the rule that it breaks such as {@code must be 0 (no limit) or more}
 */
public record LimitFault(String key, long value, String rule) {

    /**
     * Throws if the list is not empty.
     *
     * @param faults the faults; may be empty
     * @throws IllegalArgumentException if {@code faults} is not empty; the message lists all of them
     */
    public static void refuse(List<LimitFault> faults) {
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    faults.stream().map(LimitFault::toString).collect(Collectors.joining("; ")));
        }
    }

    @Override
    public String toString() {
        return key + " = " + value + ": " + rule;
    }
}
