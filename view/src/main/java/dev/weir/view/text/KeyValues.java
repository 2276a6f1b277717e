package dev.weir.view.text;

import dev.weir.throttle.LimitKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Values by key. */
public final class KeyValues {
    private KeyValues() {}

    /** Returns the values in one line: {@code iops=100 bps=4096}. */
    public static String text(Map<String, ?> values) {
        return values.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    /** Returns the values of limits by the keys of the configuration. */
    public static Map<String, Long> ofLimits(Map<LimitKey, Long> values) {
        Map<String, Long> named = new LinkedHashMap<>();
        values.forEach((limit, value) -> named.put(limit.key(), value));
        return named;
    }
}
