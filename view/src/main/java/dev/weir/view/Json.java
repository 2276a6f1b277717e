package dev.weir.view;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Formats the results of commands as one line of JSON: records as objects and lists as arrays.
 *
 * <p>A record's component becomes a field in {@code snake_case}: {@code dueInNanos} becomes {@code due_in_nanos}.
 * Numbers are integers in the unit that ends the name. Limits are in the unit of their key (see LimitKey). Enum
 * constants are in lower case. A missing value is {@code null} and its field stays. Each object begins with {@code
 * time} (UTC). The records' Javadoc documents the fields. New versions may add fields and keep the existing ones.
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
        JsonElement tree = GSON.toJsonTree(view);
        String time = now.truncatedTo(ChronoUnit.MICROS).toString();
        if (tree.isJsonArray()) {
            JsonArray timed = new JsonArray();
            tree.getAsJsonArray().forEach(each -> timed.add(timed(each, time)));
            return visible(GSON.toJson(timed));
        }
        return visible(GSON.toJson(timed(tree, time)));
    }

    private static JsonElement timed(JsonElement view, String time) {
        if (!view.isJsonObject()) {
            return view;
        }
        JsonObject timed = new JsonObject();
        timed.addProperty("time", time);
        view.getAsJsonObject().entrySet().forEach(field -> timed.add(field.getKey(), field.getValue()));
        return timed;
    }

    /** Escapes control characters, which a terminal would interpret. They occur only inside JSON strings. */
    private static String visible(String json) {
        return HIDDEN.matcher(json)
                .replaceAll(found ->
                        found.group().chars().mapToObj("\\\\u%04x"::formatted).collect(Collectors.joining()));
    }

    private static JsonSerializer<Enum<?>> words() {
        return (word, type, context) -> new JsonPrimitive(word.name().toLowerCase(Locale.ROOT));
    }
}
