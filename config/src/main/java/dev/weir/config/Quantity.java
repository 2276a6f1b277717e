package dev.weir.config;

import dev.weir.unit.Measure;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Parses the settings that are numbers with units. The arithmetic of {@link Measure} is exact. Typesafe Config's own
 * drops fractions and would turn {@code 0.0001K} into 0, which means no limit (see
 * {@code docs/design/decisions/010-configuration.md}).
 */
final class Quantity {
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private Quantity() {}

    /** Parses a number of bytes. */
    static @Nullable Long bytes(Setting setting) {
        return nearest(exactBytes(setting));
    }

    /** Parses an option of a backend (bytes). A drive's size is 1 or more, as each backend has it. */
    static @Nullable Long option(Setting setting) {
        BigDecimal bytes = exactBytes(setting);
        boolean isSize = setting.key().equals("size");
        if (bytes != null && bytes.signum() < (isSize ? 1 : 0)) {
            setting.fault(isSize ? "must be 1 byte or more" : "must be 0 or more");
        } else if (bytes != null && bytes.compareTo(LONGEST) > 0) {
            setting.fault("must be at most " + LONGEST);
        }
        return nearest(bytes);
    }

    private static @Nullable BigDecimal exactBytes(Setting setting) {
        return whole(setting, Measure.BYTES, "", 1, "must be a whole number of bytes, such as 512, 64KiB or 10M");
    }

    /** Returns a number clamped to the range of a long. */
    private static @Nullable Long nearest(@Nullable BigDecimal number) {
        return number == null ? null : number.min(LONGEST).max(LONGEST.negate()).longValueExact();
    }

    /** Parses a duration in whole seconds. A number without a unit means seconds. */
    static @Nullable Long seconds(Setting setting) {
        long second = TimeUnit.SECONDS.toNanos(1);
        return nearest(whole(setting, Measure.DURATION, "s", second, "must be whole seconds, such as 30, 30s or 5m"));
    }

    /** Parses a duration in whole nanoseconds. A number without a unit means nanoseconds. */
    static @Nullable Long nanos(Setting setting) {
        return nearest(whole(setting, Measure.DURATION, "ns", 1, "must be whole nanoseconds, such as 20us or 500ns"));
    }

    /** Parses a number of requests. Its units are powers of ten as in the shell. */
    static @Nullable Long requests(Setting setting) {
        return nearest(
                whole(setting, Measure.REQUESTS, "", 1, "must be a whole number of requests, such as 500, 5k or 1M"));
    }

    /** Parses a whole number without a unit. */
    static @Nullable Long count(Setting setting) {
        return nearest(whole(setting, Measure.COUNT, "", 1, "must be a whole number"));
    }

    /** Parses a whole number of 0 or more without a unit. */
    static @Nullable Long natural(Setting setting) {
        return notNegative(setting, whole(setting, Measure.COUNT, "", 1, "must be a whole number"));
    }

    /** Parses a duration of 0 or more (ns). Refuses a number without a unit because its meaning is not obvious. */
    static @Nullable Long durationWithUnit(Setting setting) {
        String rule = "must be a duration with a unit, such as 500ms or 30s";
        return notNegative(setting, whole(setting, Measure.DURATION, null, 1, rule));
    }

    private static @Nullable Long notNegative(Setting setting, @Nullable BigDecimal number) {
        if (number != null && number.signum() < 0) {
            setting.fault("must be 0 or more");
        }
        return nearest(number);
    }

    /**
     * Parses a whole number. Returns null if the setting is unset or has an error.
     *
     * @param plainUnit the unit of a number without one; null refuses such a number
     * @param partsInOne parts (1 byte, 1 request or 1 ns) per unit of the result
     */
    private static @Nullable BigDecimal whole(
            Setting setting, Measure measure, @Nullable String plainUnit, long partsInOne, String rule) {
        String text = setting.text();
        if (text == null) {
            return null;
        }
        BigDecimal parts = measure.parse(text, plainUnit);
        BigDecimal[] ones = parts == null ? null : parts.divideAndRemainder(BigDecimal.valueOf(partsInOne));
        if (ones != null && ones[1].signum() == 0) {
            return ones[0];
        }
        setting.fault(rule);
        return null;
    }
}
