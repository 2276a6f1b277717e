package dev.weir.drive.settings;

import dev.weir.fault.FaultSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Configuration properties that drives and groups share. */
final class SettingsProperties {
    private static final String POLICY = "policy";
    private static final String LIMITS = "limits.";
    private static final String CHARGE_DISCARDS = "charge-discards";
    private static final String BY_REQUEST = "request";
    private static final String BY_LENGTH = "length";
    private static final String FLUSHES = "flushes";

    /** Property: the faults as text. Their other options follow this word and a dot. */
    private static final String FAULTS = FaultSettings.FAULTS;

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

    static Share share(Map<String, ?> properties) {
        Map<String, Long> share = new LinkedHashMap<>();
        for (String key : List.of(Share.WEIGHT, Share.MIN_BPS, Share.MIN_IOPS)) {
            Object value = properties.get(key);
            if (value instanceof Number number) {
                share.put(key, number.longValue());
            } else if (value != null) {
                throw new IllegalArgumentException(key + " = " + value + ": must be a number");
            }
        }
        return Share.of(share);
    }

    static Charging charging(Map<String, ?> properties) {
        String discards = Objects.toString(properties.get(CHARGE_DISCARDS), BY_REQUEST);
        if (!discards.equals(BY_REQUEST) && !discards.equals(BY_LENGTH)) {
            throw new IllegalArgumentException(CHARGE_DISCARDS + " = " + discards + ": must be request or length");
        }
        Object flushes = properties.get(FLUSHES);
        return new Charging(discards.equals(BY_LENGTH), flushes instanceof Number number ? number.longValue() : 0);
    }

    static FaultSettings faults(Map<String, ?> properties) {
        Map<String, Object> options = new LinkedHashMap<>();
        properties.forEach((key, value) -> {
            if (key.equals(FAULTS)) {
                options.put(key, value);
            } else if (key.startsWith(FAULTS + ".")) {
                options.put(key.substring(FAULTS.length() + 1), value);
            }
        });
        return FaultSettings.of(options);
    }

    static void put(Map<String, Object> properties, FaultSettings faults) {
        faults.toOptions()
                .forEach((option, value) ->
                        properties.put(option.equals(FAULTS) ? option : FAULTS + "." + option, value));
    }

    static void put(Map<String, Object> properties, Charging charging) {
        if (charging.discardsByLength()) {
            properties.put(CHARGE_DISCARDS, BY_LENGTH);
        }
        if (charging.flushesPerSecond() > 0) {
            properties.put(FLUSHES, charging.flushesPerSecond());
        }
    }

    static void put(Map<String, Object> properties, String policy, ThrottleLimits limits) {
        properties.put(POLICY, policy);
        limits.toMap().forEach((key, value) -> properties.put(LIMITS + key, value));
    }
}
