package dev.weir.fault;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations and bytes in the units of HOCON. The arithmetic is exact. */
final class Units {
    private static final Pattern FORM = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s*(\\p{L}*)");
    private static final Map<String, Long> TIMES = new LinkedHashMap<>();
    private static final Map<String, Long> SIZES = new LinkedHashMap<>();

    static {
        times(1, "ns", "nano", "nanos", "nanosecond", "nanoseconds");
        times(1_000, "us", "µs", "micro", "micros", "microsecond", "microseconds");
        times(1_000_000, "ms", "milli", "millis", "millisecond", "milliseconds");
        times(1_000_000_000L, "s", "second", "seconds");
        times(60_000_000_000L, "m", "minute", "minutes");
        times(3_600_000_000_000L, "h", "hour", "hours");
        times(86_400_000_000_000L, "d", "day", "days");
        SIZES.put("", 1L);
        SIZES.put("B", 1L);
        String[] powers = {"K", "M", "G", "T"};
        long binary = 1;
        long decimal = 1;
        for (String power : powers) {
            binary <<= 10;
            decimal *= 1000;
            SIZES.put(power + "iB", binary);
            SIZES.put(power + "i", binary);
            SIZES.put(power, binary);
            SIZES.put((power.equals("K") ? "k" : power) + "B", decimal);
        }
        SIZES.put("k", 1L << 10);
    }

    private Units() {}

    private static void times(long nanos, String... names) {
        for (String name : names) {
            TIMES.put(name, nanos);
        }
    }

    /** Returns a duration (ns), or null if the text is none. */
    static @Nullable Long nanos(String text) {
        return parsed(text, TIMES);
    }

    /** Returns a number of bytes, or null if the text is none. */
    static @Nullable Long bytes(String text) {
        return parsed(text, SIZES);
    }

    private static @Nullable Long parsed(String text, Map<String, Long> units) {
        Matcher form = FORM.matcher(text.strip());
        Long unit = form.matches() ? units.get(form.group(2)) : null;
        if (unit == null) {
            return null;
        }
        BigDecimal value = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
        boolean isWhole = value.remainder(BigDecimal.ONE).signum() == 0;
        return isWhole && value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0 ? value.longValueExact() : null;
    }

    /** Returns a duration in the largest unit that divides it. */
    static String time(long nanos) {
        return nanos == 0 ? "0s" : shortest(nanos, TIMES, 4);
    }

    /** Returns a number of bytes in the largest binary unit that divides it. */
    static String size(long bytes) {
        String text = Long.toString(bytes);
        for (Map.Entry<String, Long> unit : SIZES.entrySet()) {
            if (unit.getKey().endsWith("iB") && bytes != 0 && bytes % unit.getValue() == 0) {
                text = bytes / unit.getValue() + unit.getKey();
            }
        }
        return text;
    }

    private static String shortest(long nanos, Map<String, Long> units, int most) {
        String text = "";
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            boolean isShort =
                    unit.getKey().length() < most && unit.getKey().chars().allMatch(c -> c < 128);
            if (isShort && nanos % unit.getValue() == 0 && !text.endsWith(" " + unit.getKey())) {
                text = nanos / unit.getValue() + unit.getKey();
            }
        }
        return text;
    }
}
