package dev.weir.throttle;

import java.util.LinkedHashMap;
import java.util.Map;

/** A change of some values of a set of limits. Not thread-safe. */
final class LimitEdit {
    private static final String MAX = "_max";
    private static final String MAX_LENGTH = "_max_length";
    private static final String PER_GIB = "_per_gib";
    private static final String FLOOR = "_floor";

    /** The values by key. */
    final Map<String, Long> values;

    /** The bursts of limits that are not set, and the {@code iops_size} without one. 0 means none. */
    final Map<String, Long> lifted;

    LimitEdit(Map<String, Long> values, Map<String, Long> lifted) {
        this.values = new LinkedHashMap<>(values);
        this.lifted = new LinkedHashMap<>(lifted);
    }

    /** Applies a change as {@link ThrottleLimits#changed} describes it. The order of the settings does not matter. */
    void apply(Map<String, Long> settings, Map<String, Long> configured) {
        Map<String, Long> before = Map.copyOf(values);
        settings.forEach((key, value) -> {
            if (value == 0) {
                remove(key);
            }
        });
        settings.forEach((key, value) -> {
            if (value != 0) {
                values.put(key, value);
            }
        });
        for (LimitKey limit : LimitKey.ALL) {
            String key = limit.key();
            boolean wasSet = isSet(key, before);
            if (!isSet(key, values)) {
                lift(key + MAX, wasSet, before, settings);
                lift(key + MAX_LENGTH, wasSet, before, settings);
            } else if (!wasSet) {
                restore(key, settings, configured);
            }
        }
        boolean hadRequests = hasRequests(before);
        if (!hasRequests(values)) {
            lift(ThrottleLimits.IOPS_SIZE, hadRequests, before, settings);
        } else if (!hadRequests) {
            restoreSize(settings, configured);
        }
    }

    private static boolean isSet(String key, Map<String, Long> values) {
        return values.containsKey(key) || values.containsKey(key + PER_GIB);
    }

    private static boolean hasRequests(Map<String, Long> values) {
        return LimitKey.ALL.stream().anyMatch(limit -> !limit.countsBytes() && isSet(limit.key(), values));
    }

    /** Removes a key and the keys that need it. A ceiling of 0 is no limit at all. */
    private void remove(String key) {
        values.remove(key);
        values.remove(key + "_length");
        values.remove(key + PER_GIB);
        values.remove(key + FLOOR);
        values.remove(key.replaceFirst(PER_GIB + "$", FLOOR));
    }

    /** Removes a key of a limit that is not set, unless the change sets it, and remembers its value. */
    private void lift(String key, boolean wasSet, Map<String, Long> before, Map<String, Long> settings) {
        if (settings.containsKey(key)) {
            lifted.put(key, 0L);
        } else if (wasSet) {
            lifted.put(key, before.getOrDefault(key, 0L));
            values.remove(key);
        }
    }

    /** Gives a limit that is set again its burst, unless the change sets one or the burst is below the new rate. */
    private void restore(String key, Map<String, Long> settings, Map<String, Long> configured) {
        Map<String, Long> bursts = lifted.containsKey(key + MAX) ? lifted : configured;
        long max = bursts.getOrDefault(key + MAX, 0L);
        long rate =
                values.containsKey(key + PER_GIB) ? values.getOrDefault(key + FLOOR, 1L) : values.getOrDefault(key, 1L);
        long length = bursts.getOrDefault(key + MAX_LENGTH, 0L);
        if (!settings.containsKey(key + MAX) && max > 0 && max >= rate) {
            values.put(key + MAX, max);
            if (length > 0) {
                values.putIfAbsent(key + MAX_LENGTH, length);
            }
        }
        lifted.remove(key + MAX);
        lifted.remove(key + MAX_LENGTH);
    }

    private void restoreSize(Map<String, Long> settings, Map<String, Long> configured) {
        String key = ThrottleLimits.IOPS_SIZE;
        long size = (lifted.containsKey(key) ? lifted : configured).getOrDefault(key, 0L);
        if (!settings.containsKey(key) && size > 0) {
            values.put(key, size);
        }
        lifted.remove(key);
    }
}
