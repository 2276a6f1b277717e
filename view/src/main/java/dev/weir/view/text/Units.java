package dev.weir.view.text;

import java.util.List;

/**
 * Formats sizes and durations with a suitable unit and three significant digits. {@link dev.weir.unit.Measure} parses
 * units.
 */
public final class Units {
    private static final List<String> BYTES = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
    private static final List<String> NANOS = List.of("ns", "µs", "ms", "s");
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MINUTE = 60 * NANOS_PER_SECOND;

    private Units() {}

    /** Returns a number of bytes, for example {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        return scaled(bytes, 1024, BYTES);
    }

    /** Returns a duration, for example {@code 12.5 ms} or {@code 2 h 5 min}. A negative one begins with a minus. */
    public static String nanos(long nanos) {
        if (nanos < 0) {
            return "-" + nanos(nanos == Long.MIN_VALUE ? Long.MAX_VALUE : -nanos);
        }
        return nanos < NANOS_PER_MINUTE ? scaled(nanos, 1000, NANOS) : seconds(nanos / NANOS_PER_SECOND);
    }

    /** Formats a long duration with its two largest units. */
    private static String seconds(long seconds) {
        if (seconds < 3600) {
            return pair(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return pair(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String pair(long large, String unit, long small, String smallUnit) {
        return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    private static String scaled(long value, int step, List<String> units) {
        if (value == 0) {
            return "0";
        }
        double number = value;
        int unit = 0;
        // the rounded number determines the unit: 1023.7 KiB is shown as 1 MiB
        while (unit < units.size() - 1 && Math.round(number) >= step) {
            number /= step;
            unit++;
        }
        return text(hundredths(number)) + " " + units.get(unit);
    }

    /** Rounds to three significant digits. A larger number is rounded to a whole number. */
    private static long hundredths(double number) {
        return number >= 99.95
                ? Math.round(number) * 100
                : number >= 9.995 ? Math.round(number * 10) * 10 : Math.round(number * 100);
    }

    private static String text(long hundredths) {
        long whole = hundredths / 100;
        long rest = hundredths % 100;
        return rest == 0
                ? "" + whole
                : rest % 10 == 0 ? whole + "." + rest / 10 : whole + (rest < 10 ? ".0" : ".") + rest;
    }
}
