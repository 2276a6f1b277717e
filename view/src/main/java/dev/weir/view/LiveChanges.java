package dev.weir.view;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.LimitValues;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The settings of a drive or group that commands have changed: each key with its configured value. The value is 0 or
 * an empty text if the configuration has none.
 */
public final class LiveChanges {
    private static final String POLICY = "policy";
    private static final String PARENT = "parent";

    private LiveChanges() {}

    public static Map<String, Object> of(DriveSnapshot drive) {
        Map<String, Object> configured = new LinkedHashMap<>();
        addLimits(configured, drive.limits(), drive.settings().limits());
        add(configured, POLICY, drive.policy(), drive.settings().policy());
        addShare(configured, drive.share(), drive.settings().share());
        return Collections.unmodifiableMap(configured);
    }

    public static Map<String, Object> of(GroupSnapshot group) {
        Map<String, Object> configured = new LinkedHashMap<>();
        addLimits(configured, group.limits(), group.settings().limits());
        add(configured, POLICY, group.policy(), group.settings().policy());
        String parent = Objects.toString(group.settings().parent(), "");
        add(configured, PARENT, Objects.toString(group.parent(), ""), parent);
        addShare(configured, group.share(), group.settings().share());
        return Collections.unmodifiableMap(configured);
    }

    private static void addShare(Map<String, Object> configured, Share now, Share then) {
        Map<String, Long> current = share(now);
        share(then).forEach((key, value) -> add(configured, key, current.getOrDefault(key, 0L), value));
    }

    private static void addLimits(Map<String, Object> configured, ThrottleLimits now, ThrottleLimits then) {
        Map<String, Long> after = now.toMap();
        Map<String, Long> before = then.toMap();
        for (String key : ThrottleLimits.keys()) {
            add(configured, key, after.getOrDefault(key, 0L), before.getOrDefault(key, 0L));
        }
    }

    private static void add(Map<String, Object> configured, String key, Object now, Object then) {
        if (!now.equals(then)) {
            configured.put(key, then);
        }
    }

    /** Returns all values of a share by key, including the defaults. */
    private static Map<String, Long> share(Share share) {
        Map<String, Long> values = new LinkedHashMap<>();
        values.put(Share.WEIGHT, (long) share.weight());
        values.put(Share.MIN_BPS, share.minBps());
        values.put(Share.MIN_IOPS, share.minIops());
        return values;
    }

    /** Returns settings in the syntax of commands: {@code bps=10MiB policy=slice}. */
    public static String text(Map<String, ?> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + text(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(" "));
    }

    /** Returns a line that names the changed drives or groups of a list; empty if commands have changed none. */
    static <T> String note(List<T> all, Function<T, Map<String, Object>> configured, Function<T, String> name) {
        String changed = all.stream()
                .filter(one -> !configured.apply(one).isEmpty())
                .map(name)
                .collect(Collectors.joining(", "));
        return changed.isEmpty() ? "" : "as set by commands, until reload --restore: " + changed;
    }

    private static String text(String key, Object value) {
        String limit = key.substring(key.indexOf('.') + 1); // a minimum has the unit of its limit
        return value instanceof Long number ? LimitValues.text(limit, number) : value.toString();
    }
}
