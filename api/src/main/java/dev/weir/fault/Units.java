package dev.weir.fault;

import dev.weir.unit.Measure;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Durations and bytes of faults as texts: whole numbers from 0 to the largest long. {@link Measure} parses their units.
 */
final class Units {
    private static final String[] TIME_NAMES = {"ns", "us", "ms", "s", "m", "h", "d"};
    private static final long[] TIME_STEPS = {1000, 1000, 1000, 60, 60, 24};
    private static final String[] SIZE_NAMES = {"", "KiB", "MiB", "GiB", "TiB"};
    private static final long[] SIZE_STEPS = {1024, 1024, 1024, 1024};

    private Units() {}

    /** Returns a duration (ns), or null if the text is none. */
    static @Nullable Long nanos(String text) {
        return whole(Measure.DURATION.parse(text));
    }

    /** Returns a number of bytes, or null if the text is none. */
    static @Nullable Long bytes(String text) {
        return whole(Measure.BYTES.parse(text));
    }

    private static @Nullable Long whole(@Nullable BigDecimal value) {
        if (value == null
                || value.signum() < 0
                || value.remainder(BigDecimal.ONE).signum() != 0
                || value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return null;
        }
        return value.longValueExact();
    }

    /** Returns a duration in the largest unit that divides it. */
    static String time(long nanos) {
        return nanos == 0 ? "0s" : text(nanos, TIME_NAMES, TIME_STEPS);
    }

    /** Returns a number of bytes in the largest binary unit that divides it. */
    static String size(long bytes) {
        return bytes == 0 ? "0" : text(bytes, SIZE_NAMES, SIZE_STEPS);
    }

    private static String text(long amount, String[] names, long[] steps) {
        long number = amount;
        int unit = 0;
        while (unit < steps.length && number % steps[unit] == 0) {
            number /= steps[unit];
            unit++;
        }
        return number + names[unit];
    }
}
