package dev.weir.unit;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The measure of a number with a unit: {@code 10MiB}, {@code 1.5s}, {@code 5k}. Parses such a text. The units are those
 * of HOCON. The arithmetic is exact: {@code 0.0001K} is a tenth of a byte and not 0.
 *
 * <p>One parser serves the configuration, the shell, the HTTP API and faults, so that a text means the same in all of
 * them. Thread-safe.
 */
public enum Measure {
    /** Bytes. {@code 10M} and {@code 10MiB} are 10 × 2^20 bytes, {@code 10MB} is 10^7. {@code 512} is 512 bytes. */
    BYTES("", bytes()),

    /** Nanoseconds. The units are {@code ns}, {@code us}, {@code ms}, {@code s}, {@code m}, {@code h} and {@code d}. */
    DURATION(null, durations()),

    /** Requests. {@code k}, {@code M} and {@code G} are powers of ten. */
    REQUESTS("", Map.of("", power(10, 0), "k", power(10, 3), "M", power(10, 6), "G", power(10, 9))),

    /** A number without a unit. */
    COUNT("", Map.of("", power(10, 0)));

    /** Form of a number with a unit. Bounded digits and exponents keep every number small in memory. */
    private static final Pattern NUMBER_AND_UNIT =
            Pattern.compile("([+-]?(?:\\d{1,40}(?:\\.\\d{0,40})?|\\.\\d{1,40})(?:[eE][+-]?\\d{1,2})?)\\s*(\\p{L}*)");

    private final @Nullable String plain;
    // an unmodifiable map
    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, BigDecimal> units;

    Measure(@Nullable String plain, Map<String, BigDecimal> units) {
        this.plain = plain;
        this.units = units;
    }

    /**
     * Parses a number with a unit. A duration needs a unit; the others may be plain numbers.
     *
     * @param text the number with its unit, such as {@code 10MiB}; blanks around it and before the unit are allowed
     * @return the amount in bytes, nanoseconds, requests or ones, which may be a fraction or negative; null if the text
     *     is no number or has another unit
     */
    public @Nullable BigDecimal parse(String text) {
        return parse(text, plain);
    }

    /**
     * Parses a number with a unit or without.
     *
     * @param text the number, with or without a unit
     * @param plainUnit the unit of a number without one; null refuses such a number
     * @return as {@link #parse(String)}
     */
    public @Nullable BigDecimal parse(String text, @Nullable String plainUnit) {
        Matcher form = NUMBER_AND_UNIT.matcher(text.strip());
        if (!form.matches()) {
            return null;
        }
        String name = form.group(2).isEmpty() ? plainUnit : form.group(2);
        BigDecimal unit = name == null ? null : units.get(name);
        return unit == null ? null : new BigDecimal(form.group(1)).multiply(unit);
    }

    /**
     * {@return a size in the form of a configuration file, exactly} The unit is the largest that leaves a whole number:
     * {@code 128MiB}, {@code 10MB} or {@code 513B}. {@link #BYTES} parses the text.
     *
     * @param bytes the size; 0 or more
     */
    public static String sizeText(long bytes) {
        String binary = scaled(bytes, 1024, List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"));
        String decimal = scaled(bytes, 1000, List.of("B", "kB", "MB", "GB", "TB", "PB", "EB"));
        return decimal.length() < binary.length() ? decimal : binary;
    }

    private static String scaled(long bytes, long step, List<String> units) {
        long number = bytes;
        int unit = 0;
        while (number != 0 && number % step == 0) {
            number /= step;
            unit++;
        }
        return number + units.get(unit);
    }

    private static Map<String, BigDecimal> bytes() {
        Map<String, BigDecimal> units = new HashMap<>();
        List.of("", "B", "b", "byte", "bytes").forEach(unit -> units.put(unit, BigDecimal.ONE));
        List<String> decimal = List.of("kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta");
        List<String> binary = List.of("kibi", "mebi", "gibi", "tebi", "pebi", "exbi", "zebi", "yobi");
        for (int i = 0; i < decimal.size(); i++) {
            String small = "kmgtpezy".substring(i, i + 1);
            String large = "KMGTPEZY".substring(i, i + 1);
            BigDecimal ten = power(1000, i + 1);
            List.of(decimal.get(i) + "byte", decimal.get(i) + "bytes", (i == 0 ? small : large) + "B")
                    .forEach(unit -> units.put(unit, ten));
            BigDecimal two = power(1024, i + 1);
            List.of(binary.get(i) + "byte", binary.get(i) + "bytes", small, large, large + "i", large + "iB")
                    .forEach(unit -> units.put(unit, two));
        }
        return Map.copyOf(units);
    }

    private static Map<String, BigDecimal> durations() {
        Map<String, BigDecimal> units = new HashMap<>();
        put(units, 1, "ns", "nano", "nanos", "nanosecond", "nanoseconds");
        put(units, 1_000, "us", "µs", "micro", "micros", "microsecond", "microseconds");
        put(units, 1_000_000, "ms", "milli", "millis", "millisecond", "milliseconds");
        put(units, 1_000_000_000L, "s", "second", "seconds");
        put(units, 60_000_000_000L, "m", "minute", "minutes");
        put(units, 3_600_000_000_000L, "h", "hour", "hours");
        put(units, 86_400_000_000_000L, "d", "day", "days");
        return Map.copyOf(units);
    }

    private static void put(Map<String, BigDecimal> units, long nanos, String... names) {
        for (String name : names) {
            units.put(name, BigDecimal.valueOf(nanos));
        }
    }

    private static BigDecimal power(long base, int exponent) {
        return BigDecimal.valueOf(base).pow(exponent);
    }
}
