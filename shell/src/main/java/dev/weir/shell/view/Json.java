package dev.weir.shell.view;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.util.Locale;

/**
 * What commands return, for programs: one line of JSON, an object for a record and an array for a list. A
 * field is called as the record's component, in {@code snake_case}: {@code dueInNanos} is {@code due_in_nanos}. Numbers
 * are whole and in the unit that the name ends with, limits in that of their key, see LimitKey; one of a set of
 * words is in lower case; a field that has no value is {@code null} and not left out. The records' comments say what
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

    private Json() {}

    public static String text(Object view) {
        return GSON.toJson(view);
    }

    private static JsonSerializer<Enum<?>> words() {
        return (word, type, context) -> new JsonPrimitive(word.name().toLowerCase(Locale.ROOT));
    }
}
