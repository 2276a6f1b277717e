package dev.weir.shell.view;

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
 * What commands return, for programs: one line of JSON, an object for a record and an array for a list. A
 * field is called as the record's component, in {@code snake_case}: {@code dueInNanos} is {@code due_in_nanos}. Numbers
 * are whole and in the unit that the name ends with, limits in that of their key, see LimitKey; one of a set of
 * words is in lower case; a field that has no value is {@code null} and not left out. Each object of the answer begins
 * with {@code time}, in UTC. The records' comments say what
 * the fields are; new ones may join them, those that are there stay.
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

    /** Returns a view, with the time in each object of its own. */
    public static String text(Object view) {
        return text(view, Instant.now());
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

    /** Returns the same JSON with characters escaped that a terminal would obey. They are in strings only. */
    private static String visible(String json) {
        return HIDDEN.matcher(json)
                .replaceAll(found ->
                        found.group().chars().mapToObj("\\\\u%04x"::formatted).collect(Collectors.joining()));
    }

    private static JsonSerializer<Enum<?>> words() {
        return (word, type, context) -> new JsonPrimitive(word.name().toLowerCase(Locale.ROOT));
    }
}
