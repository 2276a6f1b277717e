package dev.weir.view;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Formats the results of commands as one line of JSON: records as objects and lists as arrays.
 *
 * <p>A record's component becomes a field in {@code snake_case}: {@code dueInNanos} becomes {@code due_in_nanos}.
 * Numbers are integers in the unit that ends the name. Limits are in the unit of their key (see LimitKey). Enum
 * constants are in lower case. A missing value is {@code null} and its field stays. Each object begins with
 * {@code time} (UTC): the current time, or that of the event. The records' Javadoc documents the fields. New versions
 * may add fields and keep the existing ones.
 *
 * <p>Thread-safe.
 */
public final class Json {
    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .registerTypeHierarchyAdapter(Enum.class, words())
            .serializeNulls()
            .disableHtmlEscaping()
            .create();

    private static final Pattern HIDDEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Json() {}

    /**
     * Returns the JSON of a view. Adds the current time to the top-level object, or to each object of a top-level
     * array.
     */
    public static String text(Object view) {
        return text(view, Instant.now());
    }

    /** Returns the JSON of a part of an answer, without a time. */
    public static String part(Object view) {
        return visible(GSON.toJson(view));
    }

    static String text(Object view, Instant now) {
        String time = "{\"time\":\"" + now.truncatedTo(ChronoUnit.MICROS) + "\"";
        if (view instanceof Collection<?> list) {
            return list.stream().map(each -> timed(each, time)).collect(Collectors.joining(",", "[", "]"));
        }
        return timed(view, time);
    }

    private static String timed(Object view, String time) {
        String json = part(view);
        if (!json.startsWith("{") || json.startsWith("{\"time\":")) { // an event has its own time
            return json;
        }
        return time + (json.length() == 2 ? "" : ",") + json.substring(1);
    }

    /** Escapes control characters, which a terminal would interpret. They occur only inside JSON strings. */
    private static String visible(String json) {
        if (isVisible(json)) {
            return json; // nearly always
        }
        return HIDDEN.matcher(json)
                .replaceAll(found ->
                        found.group().chars().mapToObj("\\\\u%04x"::formatted).collect(Collectors.joining()));
    }

    private static boolean isVisible(String json) {
        for (int i = 0; i < json.length(); i++) {
            char character = json.charAt(i);
            boolean isPlain = character >= ' ' && character <= '~';
            if (!isPlain && isHidden(character)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHidden(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private static JsonSerializer<Enum<?>> words() {
        return (word, type, context) -> new JsonPrimitive(word.name().toLowerCase(Locale.ROOT));
    }
}
