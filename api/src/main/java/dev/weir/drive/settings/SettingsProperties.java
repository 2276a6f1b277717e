package dev.weir.drive.settings;

import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Configuration properties that drives and groups share. */
final class SettingsProperties {
    private static final String POLICY = "policy";
    private static final String LIMITS = "limits.";

    private SettingsProperties() {}

    static String text(Map<String, ?> properties, String key) {
        Object value = properties.get(key);
        if (value == null || value.toString().isEmpty()) {
            throw new IllegalArgumentException(key + ": must be set");
        }
        return value.toString();
    }

    static String policy(Map<String, ?> properties) {
        return Objects.toString(properties.get(POLICY), DriveSettings.DEFAULT_POLICY);
    }

    static ThrottleLimits limits(Map<String, ?> properties) {
        Map<String, Long> limits = new LinkedHashMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(LIMITS)) {
                if (!(value instanceof Number number)) {
                    throw new IllegalArgumentException(key + " = " + value + ": must be a number");
                }
                limits.put(key.substring(LIMITS.length()), number.longValue());
            }
        });
        return ThrottleLimits.of(limits);
    }

    static void put(Map<String, Object> properties, String policy, ThrottleLimits limits) {
        properties.put(POLICY, policy);
        limits.toMap().forEach((key, value) -> properties.put(LIMITS + key, value));
    }
}
