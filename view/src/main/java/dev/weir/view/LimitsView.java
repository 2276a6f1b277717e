package dev.weir.view;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.Column;
import dev.weir.view.text.LimitValues;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The limits of a drive or a group and its debt under them.
 *
 * @param drive the name of the drive or group
 * @param policy the type of the throttle policy
 * @param limits the limits by key in the key's unit: bytes, requests or (for {@code _max_length}) seconds
 * @param effective the rate at the present size of each limit that scales with the size
 * @param owedNanos the time until each limit owes nothing (nanoseconds)
 * @param owedBurstNanos the same time at the burst rate for each limit with a burst
 * @param setBy the origin of each key: a place in a file, the option {@code -drive} or {@code shell}
 * @param weight the weight of its share in the limits of a group
 * @param min its minima there by limit, in the key's unit
 * @param configured the configured values of keys that commands have changed, as in {@link LiveChanges}; the policy
 *     has the key {@code policy}
 */
public record LimitsView(
        String drive,
        String policy,
        Map<String, Long> limits,
        Map<String, Long> effective,
        Map<String, Long> owedNanos,
        Map<String, Long> owedBurstNanos,
        Map<String, String> setBy,
        int weight,
        Map<String, Long> min,
        Map<String, Object> configured)
        implements View {

    private static final int SMALL_REQUEST_BYTES = 4096;

    /** The origin of values that differ from the configuration. */
    static final String SHELL = "shell";

    private static final Table<Row> TABLE = new Table<>(
            "no limits",
            List.of(
                    Column.left("LIMIT", Row::key),
                    Column.right("RATE", Row::rate),
                    Column.right("BURST", Row::burst),
                    Column.right("FOR", Row::burstLength),
                    Column.right("OWED", Row::owed),
                    Column.right("BURST OWED", Row::owedBurst),
                    Column.flexible("SET BY", Row::setBy)));

    private record Row(
            String key, String rate, String burst, String burstLength, String owed, String owedBurst, String setBy) {}

    /**
     * Returns the limits of a drive.
     *
     * @param origins the origins of its settings by key, from {@link ConfigurationSource#origins}
     */
    public static LimitsView of(DriveSnapshot drive, Map<String, String> origins) {
        return of(
                drive.name(),
                drive.policy(),
                drive.limits(),
                drive.debt(),
                drive.share(),
                origins,
                LiveChanges.of(drive));
    }

    public static LimitsView of(GroupSnapshot group, Map<String, String> origins) {
        return of(
                group.name(),
                group.policy(),
                group.limits(),
                group.debt(),
                group.share(),
                origins,
                LiveChanges.of(group));
    }

    private static LimitsView of(
            String owner,
            String policy,
            ThrottleLimits limits,
            ThrottleDebt debt,
            Share share,
            Map<String, String> origins,
            Map<String, Object> changed) {
        Map<String, Long> now = limits.toMap();
        Map<String, String> setBy = new LinkedHashMap<>();
        now.keySet()
                .forEach(key -> setBy.put(
                        key,
                        changed.containsKey(key) ? SHELL : origins.getOrDefault("limits." + key, "configuration")));
        return new LimitsView(
                owner,
                policy,
                Collections.unmodifiableMap(now),
                byKey(key -> limits.isScaled(key) ? 1 : 0, limits::rate),
                byKey(key -> limits.rate(key), debt::nanos),
                byKey(key -> limits.max(key), debt::burstNanos),
                Collections.unmodifiableMap(setBy),
                share.weight(),
                GroupView.minima(share),
                changed);
    }

    private static Map<String, Long> byKey(ToLongFunction<LimitKey> isSet, ToLongFunction<LimitKey> owed) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (LimitKey key : LimitKey.ALL) {
            if (isSet.applyAsLong(key) > 0) {
                values.put(key.key(), owed.applyAsLong(key));
            }
        }
        return Collections.unmodifiableMap(values);
    }

    @Override
    public String text(int width) {
        return text(width, true);
    }

    /**
     * Formats the limits for people.
     *
     * @param width the number of columns
     * @param showsShare whether the text names weight and minima that are set or that commands have changed
     */
    String text(int width, boolean showsShare) {
        List<Row> rows = owedNanos.keySet().stream().map(this::row).toList();
        String table = TABLE.text(rows, width);
        StringBuilder text = new StringBuilder(table);
        Long iopsSize = limits.get(ThrottleLimits.IOPS_SIZE);
        if (iopsSize != null) {
            text.append("\na request counts once per %s of its length (iops_size)".formatted(Units.bytes(iopsSize)));
        }
        effective.keySet().forEach(key -> text.append('\n').append(scale(key)));
        slow().forEach(line -> text.append('\n').append(line));
        if (showsShare && hasShare()) {
            text.append("\nits share in a group: ").append(share(weight, min));
        }
        if (!configured.isEmpty()) {
            text.append("\nuntil reload --restore; the configuration has ").append(LiveChanges.text(configured));
        }
        return text.toString();
    }

    private boolean hasShare() {
        return weight != 1
                || !min.isEmpty()
                || configured.keySet().stream().anyMatch(Set.of(Share.WEIGHT, Share.MIN_BPS, Share.MIN_IOPS)::contains);
    }

    /** Returns a share for people. */
    static String share(int weight, Map<String, Long> min) {
        return "weight " + weight + (min.isEmpty() ? "" : ", min " + LiveChanges.text(min));
    }

    /** Returns how a limit follows the size. */
    private String scale(String key) {
        String floor = key + "_floor";
        return "%s scales with the size: %s/s per GiB%s%s"
                .formatted(
                        key,
                        LimitValues.text(key, limits.getOrDefault(key + "_per_gib", 0L)),
                        limits.containsKey(floor)
                                ? ", at least " + LimitValues.text(key, limits.get(floor)) + "/s"
                                : "",
                        limits.containsKey(key) ? ", at most " + LimitValues.text(key, limits.get(key)) + "/s" : "");
    }

    private long rate(String key, long otherwise) {
        return effective.getOrDefault(key, otherwise);
    }

    /** Returns a warning for each limit that delays a 4 KiB request by more than a second. */
    private List<String> slow() {
        ThrottleLimits set = ThrottleLimits.of(limits);
        List<String> lines = new ArrayList<>();
        for (LimitKey limit : LimitKey.ALL) {
            long rate = rate(limit.key(), set.rate(limit));
            if (rate > 0) {
                double seconds = (double) set.meteredUnits(limit, SMALL_REQUEST_BYTES) / set.meteredRate(limit, rate);
                if (seconds > 1) {
                    lines.add("%s delays a request of %s by %s; clients may time out"
                            .formatted(
                                    limit.key(),
                                    Units.bytes(SMALL_REQUEST_BYTES),
                                    Units.nanos(Math.round(Math.min(seconds * 1e9, Long.MAX_VALUE)))));
                }
            }
        }
        return lines;
    }

    private Row row(String key) {
        Long burst = limits.get(key + "_max");
        String lengthKey = key + "_max_length";
        return new Row(
                key,
                LimitValues.text(key, rate(key, limits.getOrDefault(key, 0L))) + "/s",
                burst == null ? "" : LimitValues.text(key, burst) + "/s",
                burst == null ? "" : LimitValues.text(lengthKey, limits.getOrDefault(lengthKey, 1L)),
                Units.nanos(owedNanos.getOrDefault(key, 0L)),
                burst == null ? "" : Units.nanos(owedBurstNanos.getOrDefault(key, 0L)),
                setBy.entrySet().stream()
                        .filter(set -> set.getKey().matches(key + "(_max|_max_length|_per_gib|_floor)?"))
                        .map(Map.Entry::getValue)
                        .distinct()
                        .collect(Collectors.joining(", ")));
    }
}
