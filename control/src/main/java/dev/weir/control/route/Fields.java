package dev.weir.control.route;

import dev.weir.log.NearWords;
import dev.weir.view.text.LimitValues;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a body. Each method throws a {@link Problem} that names field, value and rule. */
public final class Fields {
    private Fields() {}

    /** Returns the text of a field. */
    public static String text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw refused(name, value, "must be a text");
    }

    /** Returns the flag of a field; false if it is not set. */
    public static boolean flag(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw refused(name, value, "must be true or false");
    }

    /**
     * Returns limit values by key. A value is a number in the key's unit or a text with a unit; null is 0.
     *
     * @param known the permitted keys
     * @param prefix the place of the keys, for messages
     */
    public static Map<String, Long> limits(Map<String, Object> fields, Collection<String> known, String prefix) {
        Map<String, Long> limits = new LinkedHashMap<>();
        fields.forEach((key, value) -> {
            if (!known.contains(key)) {
                throw new Problem(422, prefix + Router.shown(key) + ": unknown key; " + choice(key, known));
            }
            limits.put(key, limit(prefix, key, value));
        });
        return limits;
    }

    private static String choice(String key, Collection<String> known) {
        List<String> near = NearWords.of(key, List.copyOf(known));
        return near.isEmpty()
                ? "choose from " + String.join(", ", known)
                : "did you mean " + String.join(", ", near) + "?";
    }

    /** Returns the value of one limit; null is 0. */
    public static long limit(String prefix, String key, @Nullable Object value) {
        if (value == null) {
            return 0;
        }
        if (!(value instanceof Long) && !(value instanceof String)) {
            throw refused(prefix + key, value, "must be a number or a text with a unit such as \"10MiB\"");
        }
        try {
            return LimitValues.parse(key, value.toString());
        } catch (IllegalArgumentException e) {
            throw new Problem(422, prefix + Router.shown(String.valueOf(e.getMessage())));
        }
    }

    /** Returns the block of a field; empty if it is not set. */
    @SuppressWarnings("unchecked") // JsonBody makes maps with texts as keys
    public static Map<String, Object> block(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> block) {
            return (Map<String, Object>) block;
        }
        throw refused(name, value, "must be an object");
    }

    public static Problem refused(String name, @Nullable Object value, String rule) {
        return new Problem(422, "%s = %s: %s".formatted(name, Router.shown(String.valueOf(value)), rule));
    }
}
