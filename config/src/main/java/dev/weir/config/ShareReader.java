package dev.weir.config;

import dev.weir.throttle.LimitFault;
import dev.weir.throttle.Share;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the share of a drive or group in the limits of the group above it. */
final class ShareReader {
    /** Keys of a drive or group. */
    static final List<String> KEYS = List.of(Share.WEIGHT, "min");

    /** Keys of the block {@code min}. */
    static final List<String> MIN_KEYS = List.of("bps", "iops");

    private ShareReader() {}

    /**
     * Returns the share, or the default share if it has an error.
     *
     * @param isMember whether a group is above the drive or group
     */
    static Share read(Setting owner, boolean isMember) {
        Setting min = owner.child("min");
        min.refuseUnknown(MIN_KEYS, List.of());
        Map<String, Long> values = new LinkedHashMap<>();
        put(values, Share.WEIGHT, Quantity.count(owner.child(Share.WEIGHT)));
        put(values, Share.MIN_BPS, Quantity.bytes(min.child("bps")));
        put(values, Share.MIN_IOPS, Quantity.requests(min.child("iops")));
        List<LimitFault> faults = Share.faults(values);
        faults.forEach(fault -> at(owner, fault.key()).fault(fault.rule()));
        if (!isMember) {
            values.keySet().forEach(key -> at(owner, key).warn("has no effect without a group above"));
        }
        return faults.isEmpty() ? Share.of(values) : Share.DEFAULT;
    }

    private static void put(Map<String, Long> values, String key, @Nullable Long value) {
        if (value != null) {
            values.put(key, value);
        }
    }

    /** Returns the setting of a dotted key such as {@code min.iops}. */
    static Setting at(Setting owner, String key) {
        Setting setting = owner;
        for (String part : key.split("\\.", -1)) {
            setting = setting.child(part);
        }
        return setting;
    }
}
