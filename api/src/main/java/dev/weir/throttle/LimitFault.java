package dev.weir.throttle;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What is wrong with one key of a set of limits.
 *
 * @param key the key as a configuration file has it, for example {@code bps_max}
 * @param value the value that was refused
 * @param rule what the value must be, for example {@code must be 0 (no limit) or more}
 */
public record LimitFault(String key, long value, String rule) {

    /**
     * Refuses what has faults.
     *
     * @param faults what is wrong; nothing if it is empty
     * @throws IllegalArgumentException if there is any; the message has them all
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
