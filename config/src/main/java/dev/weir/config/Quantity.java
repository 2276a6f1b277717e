package dev.weir.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses numbers with units. Typesafe Config supplies the factor of a unit: {@code 10M} and {@code 10MiB} are 10 ×
 * 2^20 bytes and {@code 10MB} is 10^7. The arithmetic is exact. Typesafe Config's own drops fractions and would turn
 * {@code 0.0001K} into 0, which means no limit (see {@code docs/design/decisions/010-configuration.md}).
 */
final class Quantity {
    /** Form of a number with a unit. Bounded digits and exponents keep every number small in memory. */
    private static final Pattern NUMBER_AND_UNIT =
            Pattern.compile("([+-]?(?:\\d{1,40}(?:\\.\\d{0,40})?|\\.\\d{1,40})(?:[eE][+-]?\\d{1,2})?)\\s*(\\p{L}*)");

    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private static final Map<String, BigDecimal> REQUESTS =
            Map.of("k", BigDecimal.valueOf(1e3), "M", BigDecimal.valueOf(1e6), "G", BigDecimal.valueOf(1e9));

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
        return whole(
                setting,
                unit -> new BigDecimal(hocon(unit).getMemorySize("it").toBytesBigInteger()),
                1,
                "must be a whole number of bytes, such as 512, 64KiB or 10M");
    }

    /** Returns a number clamped to the range of a long. */
    private static @Nullable Long nearest(@Nullable BigDecimal number) {
        return number == null ? null : number.min(LONGEST).max(LONGEST.negate()).longValueExact();
    }

    /** Parses a duration in whole seconds. A number without a unit means seconds. */
    static @Nullable Long seconds(Setting setting) {
        return duration(setting, Duration.ofSeconds(1), "must be whole seconds, such as 30, 30s or 5m");
    }

    /** Parses a duration in whole nanoseconds. A number without a unit means nanoseconds. */
    static @Nullable Long nanos(Setting setting) {
        return duration(setting, Duration.ofNanos(1), "must be whole nanoseconds, such as 20us or 500ns");
    }

    private static @Nullable Long duration(Setting setting, Duration one, String rule) {
        return nearest(whole(
                setting,
                unit -> BigDecimal.valueOf(hocon(unit).getDuration("it").toNanos()),
                one.toNanos(),
                rule));
    }

    /** Parses a number of requests. Its units are powers of ten as in the shell. */
    static @Nullable Long requests(Setting setting) {
        return nearest(whole(setting, REQUESTS::get, 1, "must be a whole number of requests, such as 500, 5k or 1M"));
    }

    /** Parses a whole number without a unit. */
    static @Nullable Long count(Setting setting) {
        return nearest(whole(setting, unit -> null, 1, "must be a whole number"));
    }

    /** Parses a whole number of 0 or more without a unit. */
    static @Nullable Long natural(Setting setting) {
        return notNegative(setting, whole(setting, unit -> null, 1, "must be a whole number"));
    }

    /** Parses a duration of 0 or more (ns). Refuses a number without a unit because its meaning is not obvious. */
    static @Nullable Long durationWithUnit(Setting setting) {
        String rule = "must be a duration with a unit, such as 500ms or 30s";
        String text = setting.text();
        if (text != null && text.strip().matches("[\\d.]+")) {
            setting.fault(rule);
            return null;
        }
        return notNegative(
                setting,
                whole(
                        setting,
                        unit -> BigDecimal.valueOf(hocon(unit).getDuration("it").toNanos()),
                        1,
                        rule));
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
     * @param worth returns how many parts a unit has, or null for an unknown unit; a part is 1 byte, 1 request or 1 ns
     * @param partsInOne parts per unit of the result
     */
    private static @Nullable BigDecimal whole(
            Setting setting, Function<String, @Nullable BigDecimal> worth, long partsInOne, String rule) {
        String text = setting.text();
        if (text == null) {
            return null;
        }
        Matcher form = NUMBER_AND_UNIT.matcher(text.strip());
        if (form.matches()) {
            BigDecimal parts = parts(form.group(2), worth, partsInOne);
            BigDecimal[] ones = parts == null
                    ? null
                    : new BigDecimal(form.group(1)).multiply(parts).divideAndRemainder(BigDecimal.valueOf(partsInOne));
            if (ones != null && ones[1].signum() == 0) {
                return ones[0];
            }
        }
        setting.fault(rule);
        return null;
    }

    private static @Nullable BigDecimal parts(
            String unit, Function<String, @Nullable BigDecimal> worth, long partsInOne) {
        if (unit.isEmpty()) {
            return BigDecimal.valueOf(partsInOne);
        }
        try {
            return worth.apply(unit);
        } catch (ConfigException e) {
            return null;
        }
    }

    private static Config hocon(String unit) {
        return ConfigFactory.parseMap(Map.of("it", "1" + unit));
    }
}
