package dev.weir.engine.debt;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32;

/**
 * A saved debt as a line of text: the owner, the fields and a checksum of them, separated by tabs. A field of several
 * limits lists those that are not 0, such as {@code time=bps:1500000,iops:20}.
 */
final class DebtText {
    private static final String CHECKSUM = "crc";
    private static final long MOST_NANOS = 1L << 61;

    private DebtText() {}

    static String of(SavedDebt saved) {
        ThrottleDebt debt = saved.debt();
        StringBuilder line = new StringBuilder(240).append(saved.owner());
        line.append("\tat=").append(saved.at()).append("\tsize=").append(saved.sizeBytes());
        append(line, "limits", saved.limits().toMap());
        append(line, "time", debt::timeNanos);
        append(line, "units", debt::unitNanos);
        append(line, "forgiven-time", debt::forgivenTimeNanos);
        append(line, "forgiven-units", debt::forgivenUnitNanos);
        append(line, "burst-time", debt::burstTimeNanos);
        append(line, "burst-units", debt::burstUnitNanos);
        String text = line.toString();
        return text + "\t" + CHECKSUM + "=" + checksum(text);
    }

    private static void append(StringBuilder line, String field, ToLongFunction<LimitKey> nanos) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (LimitKey limit : LimitKey.ALL) {
            if (nanos.applyAsLong(limit) != 0) {
                values.put(limit.key(), nanos.applyAsLong(limit));
            }
        }
        append(line, field, values);
    }

    private static void append(StringBuilder line, String field, Map<String, Long> values) {
        if (values.isEmpty()) {
            return;
        }
        char separator = '=';
        line.append('\t').append(field);
        for (Map.Entry<String, Long> value : values.entrySet()) {
            line.append(separator).append(value.getKey()).append(':').append(value.getValue());
            separator = ',';
        }
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if the line is damaged; the message has the rule
     */
    static SavedDebt parse(String line) {
        int end = line.lastIndexOf('\t');
        if (end < 0 || !line.substring(end + 1).equals(CHECKSUM + "=" + checksum(line.substring(0, end)))) {
            throw new IllegalArgumentException("must end with the checksum of its fields");
        }
        String[] parts = line.substring(0, end).split("\t", -1);
        Map<String, String> fields = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] field = parts[i].split("=", 2);
            fields.put(field[0], field.length == 2 ? field[1] : "");
        }
        long size = number("size", Objects.requireNonNullElse(fields.get("size"), "0"));
        ThrottleDebt debt = ThrottleDebt.of(
                nanos(fields, "time"),
                nanos(fields, "units"),
                nanos(fields, "forgiven-time"),
                nanos(fields, "forgiven-units"),
                nanos(fields, "burst-time"),
                nanos(fields, "burst-units"));
        ThrottleLimits limits = ThrottleLimits.of(values(fields, "limits")).atSize(size);
        return new SavedDebt(
                parts[0], number("at", Objects.requireNonNullElse(fields.get("at"), "")), size, limits, debt);
    }

    private static ToLongFunction<LimitKey> nanos(Map<String, String> fields, String field) {
        Map<String, Long> values = values(fields, field);
        values.forEach((key, nanos) -> {
            if (nanos < 0 || nanos > MOST_NANOS) {
                throw new IllegalArgumentException(field + " = " + nanos + ": must be 0 to " + MOST_NANOS);
            }
        });
        return limit -> values.getOrDefault(limit.key(), 0L);
    }

    private static Map<String, Long> values(Map<String, String> fields, String field) {
        Map<String, Long> values = new HashMap<>();
        String text = fields.get(field);
        if (text != null) {
            for (String value : text.split(",", -1)) {
                String[] both = value.split(":", 2);
                values.put(both[0], number(field, both.length == 2 ? both[1] : ""));
            }
        }
        return values;
    }

    private static long number(String field, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(field + " = " + text + ": must be a whole number", e);
        }
    }
}
