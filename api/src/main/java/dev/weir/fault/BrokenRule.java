package dev.weir.fault;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A setting of a fault or power cut that breaks a rule.
 *
 * <p>Immutable.
 *
 * @param key the key as in a configuration file, such as {@code latency.p50}; empty if the settings as a whole break it
 * @param value the rejected value; empty if the key is not set
 * @param rule the rule that it breaks, such as {@code must be 1 or more}
 */
public record BrokenRule(String key, String value, String rule) {

    /**
     * Throws if the list is not empty.
     *
     * @param broken the broken rules; may be empty
     * @throws IllegalArgumentException if {@code broken} is not empty; the message lists all of them
     */
    public static void refuse(List<BrokenRule> broken) {
        if (!broken.isEmpty()) {
            throw new IllegalArgumentException(
                    broken.stream().map(BrokenRule::toString).collect(Collectors.joining("; ")));
        }
    }

    @Override
    public String toString() {
        String what = key + (value.isEmpty() ? "" : " = " + value);
        return what.isEmpty() ? rule : what + ": " + rule;
    }
}
