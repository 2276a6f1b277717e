package dev.weir.config;

import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses a block of limits. */
final class LimitsReader {
    private static final String MAX_LENGTH = "_max_length";

    private LimitsReader() {}

    /**
     * Returns the limits of a block, or no limits if it has an error.
     *
     * @param defaults values of keys that the block does not set, such as those of a profile
     */
    static ThrottleLimits read(Setting limits, Map<String, Long> defaults) {
        limits.refuseUnknown(ThrottleLimits.keys(), List.of());
        Map<String, Long> values = new LinkedHashMap<>(defaults);
        Set<String> unreadable = new HashSet<>();
        for (String key : ThrottleLimits.keys()) {
            Setting limit = limits.child(key);
            Long value = value(limit);
            if (value != null) {
                values.put(key, value);
            } else if (limit.isSet()) {
                unreadable.add(family(key));
            }
        }
        // an unreadable key hides the errors of its family, because they may be false
        values.keySet().removeIf(key -> unreadable.contains(family(key)));
        if (unreadable.stream().anyMatch(family -> family.startsWith("iops"))) {
            values.remove(ThrottleLimits.IOPS_SIZE);
        }
        List<LimitFault> faults = ThrottleLimits.faults(values);
        report(limits, faults);
        if (!faults.isEmpty() || !unreadable.isEmpty()) {
            return ThrottleLimits.NONE;
        }
        ThrottleLimits read = ThrottleLimits.of(values);
        read.longWaits().forEach(wait -> limits.child(wait.key()).warn(wait.rule()));
        return read;
    }

    /** Reports errors of limits, each at the place of its key. */
    static void report(Setting limits, List<LimitFault> faults) {
        faults.forEach(fault -> limits.child(fault.key()).fault(fault.rule()));
    }

    private static @Nullable Long value(Setting limit) {
        if (limit.key().endsWith(MAX_LENGTH)) {
            return Quantity.seconds(limit);
        }
        boolean bytes = limit.key().startsWith("bps") || limit.key().equals(ThrottleLimits.IOPS_SIZE);
        return bytes ? Quantity.bytes(limit) : Quantity.requests(limit);
    }

    /** Returns the limit of a key: {@code bps} for {@code bps_max_length}. */
    private static String family(String key) {
        return key.replaceFirst("_(max|max_length|per_gib|floor)$", "");
    }
}
