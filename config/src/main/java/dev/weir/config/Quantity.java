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
 * Numbers with units. What a unit is worth is asked of Typesafe Config, so it is what HOCON says: {@code 10M} and
 * {@code 10MiB} are 10 × 2^20 bytes, {@code 10MB} is 10^7. The arithmetic is exact: Typesafe Config's own drops
 * fractions, which would make a limit of {@code 0.0001K} none at all.
 */
final class Quantity {
    /** Short enough that no exponent makes a number that fills the memory. */
    private static final Pattern NUMBER_AND_UNIT =
            Pattern.compile("([+-]?(?:\\d{1,40}(?:\\.\\d{0,40})?|\\.\\d{1,40})(?:[eE][+-]?\\d{1,2})?)\\s*(\\p{L}*)");

    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    private static final Map<String, BigDecimal> REQUESTS =
            Map.of("k", BigDecimal.valueOf(1e3), "M", BigDecimal.valueOf(1e6), "G", BigDecimal.valueOf(1e9));

    private Quantity() {}

    /** Reads a number of bytes. */
    static @Nullable Long bytes(Setting setting) {
        return nearest(exactBytes(setting));
    }

    /** Reads the size of a drive. */
    static @Nullable Long size(Setting setting) {
        BigDecimal bytes = exactBytes(setting);
        if (bytes != null && bytes.signum() < 0) {
            setting.fault("must be 0 or more");
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
                "must be a whole number of bytes, as 512, 64KiB or 10M");
    }

    /** Returns a number, or the nearest one to it that fits into a long. */
    private static @Nullable Long nearest(@Nullable BigDecimal number) {
        return number == null ? null : number.min(LONGEST).max(LONGEST.negate()).longValueExact();
    }

    /** Reads a duration in whole seconds; a number alone is seconds. */
    static @Nullable Long seconds(Setting setting) {
        return duration(setting, Duration.ofSeconds(1), "must be whole seconds, as 30, 30s or 5m");
    }

    /** Reads a duration in whole nanoseconds; a number alone is nanoseconds. */
    static @Nullable Long nanos(Setting setting) {
        return duration(setting, Duration.ofNanos(1), "must be whole nanoseconds, as 20us or 500ns");
    }

    private static @Nullable Long duration(Setting setting, Duration one, String rule) {
        return nearest(whole(
                setting,
                unit -> BigDecimal.valueOf(hocon(unit).getDuration("it").toNanos()),
                one.toNanos(),
                rule));
    }

    /** Reads a number of requests. Its units are powers of ten, as the shell's are. */
    static @Nullable Long requests(Setting setting) {
        return nearest(whole(setting, REQUESTS::get, 1, "must be a whole number of requests, as 500, 5k or 1M"));
    }

    /** Reads a plain number. */
    static @Nullable Long count(Setting setting) {
        return nearest(whole(setting, unit -> null, 1, "must be a whole number"));
    }

    /**
     * Reads a whole number.
     *
     * @param worth what a unit is worth, in parts; null if it is no unit
     * @param partsInOne how many parts make one of what is returned
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
