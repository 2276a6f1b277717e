package dev.weir.shell;

import dev.weir.drive.DriveSnapshot;
import dev.weir.shell.text.Column;
import dev.weir.shell.text.LimitValues;
import dev.weir.shell.text.Table;
import dev.weir.shell.text.Units;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The limits of a drive, and what it owes under them.
 *
 * @param drive the drive's name
 * @param policy the type of the policy that keeps them
 * @param limits what is set, by key, in the key's unit: bytes, requests, or seconds for {@code _max_length}
 * @param owedNanos by limit, how long until it is clear of all that went before
 * @param owedBurstNanos the same at the burst rate, for the limits that have one
 */
record LimitsView(
        String drive,
        String policy,
        Map<String, Long> limits,
        Map<String, Long> owedNanos,
        Map<String, Long> owedBurstNanos)
        implements View {

    private static final Table<Row> TABLE = new Table<>(
            "no limits",
            List.of(
                    Column.left("LIMIT", Row::key),
                    Column.right("RATE", Row::rate),
                    Column.right("BURST", Row::burst),
                    Column.right("FOR", Row::burstLength),
                    Column.right("OWED", Row::owed),
                    Column.right("BURST OWED", Row::owedBurst)));

    private record Row(String key, String rate, String burst, String burstLength, String owed, String owedBurst) {}

    static LimitsView of(DriveSnapshot drive) {
        return of(drive.name(), drive.policy(), drive.limits(), drive.debt());
    }

    /** The same of anything that has limits. */
    static LimitsView of(String owner, String policy, ThrottleLimits limits, ThrottleDebt debt) {
        return new LimitsView(
                owner,
                policy,
                Collections.unmodifiableMap(limits.toMap()),
                byKey(key -> limits.rate(key), debt::nanos),
                byKey(key -> limits.max(key), debt::burstNanos));
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

    /** Returns the limits in the form that the command {@code limits} takes. */
    static String settings(Map<String, Long> limits) {
        StringBuilder settings = new StringBuilder();
        limits.forEach((key, value) -> settings.append(key)
                .append('=')
                .append(LimitValues.text(key, value))
                .append(' '));
        return settings.toString().strip();
    }

    @Override
    public String text(int width) {
        List<Row> rows = owedNanos.keySet().stream().map(this::row).toList();
        String table = TABLE.text(rows, width);
        Long iopsSize = limits.get(ThrottleLimits.IOPS_SIZE);
        return iopsSize == null
                ? table
                : table + "\na request counts once for every " + Units.bytes(iopsSize) + " of it (iops_size)";
    }

    private Row row(String key) {
        Long burst = limits.get(key + "_max");
        String lengthKey = key + "_max_length";
        return new Row(
                key,
                LimitValues.text(key, limits.getOrDefault(key, 0L)) + "/s",
                burst == null ? "" : LimitValues.text(key, burst) + "/s",
                burst == null ? "" : LimitValues.text(lengthKey, limits.getOrDefault(lengthKey, 1L)),
                Units.nanos(owedNanos.getOrDefault(key, 0L)),
                burst == null ? "" : Units.nanos(owedBurstNanos.getOrDefault(key, 0L)));
    }
}
