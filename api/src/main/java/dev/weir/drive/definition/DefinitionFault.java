package dev.weir.drive.definition;

/**
 * A broken rule of the configuration. Text is a single line without control characters.
 *
 * <p>Immutable.
 *
 * @param file file or {@code -drive} option; empty for a value of the change itself
 * @param line line in the file from 1; 0 if unknown
 * @param key path of the setting: {@code drives.vm1.limits.bps}; empty if the rule concerns the whole file
 * @param value value as written; empty without one
 * @param rule the rule: {@code must be 0 (no limit) or more}
 */
public record DefinitionFault(String file, int line, String key, String value, String rule) {

    /**
     * {@return the fault of a value without a place}
     *
     * @param key path of the setting; empty without one
     * @param value value as written; empty without one
     * @param rule the rule
     */
    public static DefinitionFault of(String key, String value, String rule) {
        return new DefinitionFault("", 0, key, value, rule);
    }

    /** {@return the fault without its place} */
    public DefinitionFault withoutPlace() {
        return of(key, value, rule);
    }

    /** {@return one line: {@code weir.conf:14: drives.vm1.limits.bps = -5: must be 0 (no limit) or more}} */
    @Override
    public String toString() {
        String place = file.isEmpty() ? "" : line == 0 ? file + ": " : file + ":" + line + ": ";
        String setting = key.isEmpty() ? "" : value.isEmpty() ? key + ": " : key + " = " + value + ": ";
        return place + setting + rule;
    }
}
