package dev.weir.throttle;

/**
 * What is wrong with one key of a set of limits.
 *
 * @param key the key as a configuration file has it, for example {@code bps_max}
 * @param value the value that was refused
 * @param rule what the value must be, for example {@code must be 0 (no limit) or more}
 */
public record LimitFault(String key, long value, String rule) {

    @Override
    public String toString() {
        return key + " = " + value + ": " + rule;
    }
}
