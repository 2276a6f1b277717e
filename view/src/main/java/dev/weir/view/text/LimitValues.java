package dev.weir.view.text;

import dev.weir.block.BlockOption;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.unit.Measure;
import java.math.BigDecimal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Parses and formats limit values in HOCON's units: {@code bps=10MiB iops=500 iops_max_length=30s}. A number without
 * a unit counts bytes, requests or seconds, depending on the key.
 */
public final class LimitValues {
    private static final String LENGTH = "_max_length";
    private static final BigDecimal NANOS = BigDecimal.valueOf(TimeUnit.SECONDS.toNanos(1));

    private LimitValues() {}

    /** The quantity of a key: its plural, an example, its measure and its highest value. */
    private record Kind(String plural, String example, Measure measure, long most) {
        static Kind of(String key) {
            if (key.endsWith(LENGTH)) {
                return new Kind("seconds", "30 or 30s", Measure.DURATION, ThrottleLimits.MAX_VALUE);
            }
            if (key.equals(Share.WEIGHT)) {
                return new Kind("parts", "3", Measure.REQUESTS, ThrottleLimits.MAX_VALUE);
            }
            boolean isSize = key.equals(BlockOption.SIZE);
            return key.startsWith("bps") || key.equals(ThrottleLimits.IOPS_SIZE) || isSize
                    ? new Kind(
                            "bytes",
                            "512, 10M or 10MiB",
                            Measure.BYTES,
                            isSize ? Long.MAX_VALUE : ThrottleLimits.MAX_VALUE)
                    : new Kind("requests", "500 or 10k", Measure.REQUESTS, ThrottleLimits.MAX_VALUE);
        }

        @Nullable
        BigDecimal parse(String text) {
            if (measure != Measure.DURATION) {
                return measure.parse(text);
            }
            BigDecimal nanos = measure.parse(text, "s");
            return nanos == null ? null : nanos.divide(NANOS);
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
        BigDecimal value = kind.parse(text);
        if (value == null) {
            throw fault(key, text, "must be a number of " + kind.plural() + ", for example " + kind.example());
        }
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
        if (Kind.of(key).measure() != Measure.BYTES || value == 0) {
            return Long.toString(value);
        }
        return Measure.sizeText(value).replaceFirst("(?<=[0-9])B$", "");
    }

    private static IllegalArgumentException fault(String key, String text, String rule) {
        return new IllegalArgumentException(key + " = " + text + ": " + rule);
    }
}
