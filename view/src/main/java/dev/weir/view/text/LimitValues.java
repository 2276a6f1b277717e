package dev.weir.view.text;

import dev.weir.block.BlockOption;
import dev.weir.throttle.ThrottleLimits;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses and formats limit values in HOCON's units: {@code bps=10MiB iops=500 iops_max_length=30s}. A number without
 * a unit counts bytes, requests or seconds, depending on the key.
 */
public final class LimitValues {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([+-]?\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
    private static final String LENGTH = "_max_length";
    private static final Map<String, BigDecimal> BYTES = bytes();
    private static final Map<String, BigDecimal> SECONDS = Map.of(
            "",
            BigDecimal.ONE,
            "ms",
            new BigDecimal("0.001"),
            "s",
            BigDecimal.ONE,
            "m",
            BigDecimal.valueOf(60),
            "h",
            BigDecimal.valueOf(3600),
            "d",
            BigDecimal.valueOf(86_400));
    private static final Map<String, BigDecimal> REQUESTS = Map.of(
            "",
            BigDecimal.ONE,
            "k",
            BigDecimal.valueOf(1_000),
            "M",
            BigDecimal.valueOf(1_000_000),
            "G",
            BigDecimal.valueOf(1_000_000_000));

    private LimitValues() {}

    /** The quantity of a key: its plural, an example, its units and its highest value. */
    private record Kind(String plural, String example, Map<String, BigDecimal> units, long most) {
        static Kind of(String key) {
            if (key.endsWith(LENGTH)) {
                return new Kind("seconds", "30 or 30s", SECONDS, ThrottleLimits.MAX_VALUE);
            }
            boolean isSize = key.equals(BlockOption.SIZE);
            return key.startsWith("bps") || key.equals(ThrottleLimits.IOPS_SIZE) || isSize
                    ? new Kind("bytes", "512, 10M or 10MiB", BYTES, isSize ? Long.MAX_VALUE : ThrottleLimits.MAX_VALUE)
                    : new Kind("requests", "500 or 10k", REQUESTS, ThrottleLimits.MAX_VALUE);
        }
    }

    /**
     * Parses the value of a key and returns it in the key's unit.
     *
     * @throws IllegalArgumentException if the value is malformed, not whole or too large; the message names key,
     *     value and rule
     */
    public static long parse(String key, String text) {
        Kind kind = Kind.of(key);
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        BigDecimal unit = matcher.matches() ? kind.units().get(matcher.group(2)) : null;
        if (unit == null) {
            throw fault(key, text, "must be a number of " + kind.plural() + ", for example " + kind.example());
        }
        BigDecimal value = new BigDecimal(matcher.group(1)).multiply(unit);
        if (value.stripTrailingZeros().scale() > 0) {
            throw fault(key, text, "must be a whole number of " + kind.plural());
        }
        if (value.abs().compareTo(BigDecimal.valueOf(kind.most())) > 0) {
            throw fault(key, text, "must be at most " + kind.most());
        }
        return value.longValueExact();
    }

    /**
     * Formats a value that {@link #parse} reads back exactly. Bytes use the largest exact unit, binary (KiB) rather
     * than decimal (kB) unless the decimal form is shorter.
     */
    public static String text(String key, long value) {
        if (key.endsWith(LENGTH)) {
            return value + "s";
        }
        if (Kind.of(key).units() != BYTES || value == 0) {
            return Long.toString(value);
        }
        String binary = scaled(value, 1024, List.of("", "KiB", "MiB", "GiB", "TiB"));
        String decimal = scaled(value, 1000, List.of("", "kB", "MB", "GB", "TB"));
        return decimal.length() < binary.length() ? decimal : binary;
    }

    private static String scaled(long value, long step, List<String> units) {
        long number = value;
        int unit = 0;
        while (number % step == 0 && unit < units.size() - 1) {
            number /= step;
            unit++;
        }
        return number + units.get(unit);
    }

    private static IllegalArgumentException fault(String key, String text, String rule) {
        return new IllegalArgumentException(key + " = " + text + ": " + rule);
    }

    /** Returns HOCON's byte units. Single letters and {@code KiB} are powers of two; {@code kB} is a power of ten. */
    private static Map<String, BigDecimal> bytes() {
        Map<String, BigDecimal> units = new LinkedHashMap<>();
        List.of("", "B", "b").forEach(unit -> units.put(unit, BigDecimal.ONE));
        String prefixes = "KMGTPE";
        for (int i = 0; i < prefixes.length(); i++) {
            String prefix = prefixes.substring(i, i + 1);
            BigDecimal binary = BigDecimal.valueOf(1024).pow(i + 1);
            List.of(prefix, prefix.toLowerCase(Locale.ROOT), prefix + "i", prefix + "iB")
                    .forEach(unit -> units.put(unit, binary));
            units.put((i == 0 ? "k" : prefix) + "B", BigDecimal.valueOf(1000).pow(i + 1));
        }
        return Map.copyOf(units);
    }
}
