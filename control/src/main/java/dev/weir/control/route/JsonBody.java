package dev.weir.control.route;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON object in the body of a request. Values may be numbers or texts with units: {@code "10MiB"}. */
public final class JsonBody {
    private static final int MOST_DEPTH = 8;
    private static final Pattern PLACE = Pattern.compile("line \\d+ column \\d+");

    private JsonBody() {}

    /**
     * Returns the fields of a body; none if it is empty.
     *
     * @throws Problem if the body is not one JSON object, repeats a field or is nested too deeply
     */
    public static Map<String, Object> fields(String body) {
        if (body.isBlank()) {
            return Map.of();
        }
        JsonReader reader = new JsonReader(new StringReader(body));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MOST_DEPTH);
        try {
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw new Problem(400, "the body is not one JSON object");
            }
            Map<String, Object> fields = object(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new Problem(400, "the body is not one JSON object");
            }
            return fields;
        } catch (IOException | IllegalStateException e) {
            throw new Problem(400, "the body is not one JSON object" + place(String.valueOf(e.getMessage())));
        }
    }

    /** Returns the place that a message of the parser names. */
    private static String place(String message) {
        Matcher place = PLACE.matcher(message);
        return place.find() ? ": " + place.group() : "";
    }

    /**
     * Returns the fields of a body.
     *
     * @param known the only fields that it may have
     */
    public static Map<String, Object> fields(String body, Collection<String> known) {
        Map<String, Object> fields = fields(body);
        fields.keySet().forEach(field -> {
            if (!known.contains(field)) {
                throw new Problem(
                        422,
                        Router.shown(field) + ": unknown field; there are "
                                + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        });
        return fields;
    }

    private static Map<String, Object> object(JsonReader reader) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNext()) {
            String field = reader.nextName();
            if (fields.containsKey(field)) {
                throw new Problem(400, Router.shown(field) + ": a field that is given twice");
            }
            fields.put(field, value(reader));
        }
        reader.endObject();
        return fields;
    }

    private static List<@Nullable Object> array(JsonReader reader) throws IOException {
        List<@Nullable Object> values = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNext()) {
            values.add(value(reader));
        }
        reader.endArray();
        return values;
    }

    private static @Nullable Object value(JsonReader reader) throws IOException {
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> object(reader);
            case BEGIN_ARRAY -> array(reader);
            case BOOLEAN -> reader.nextBoolean();
            case NUMBER -> number(reader.nextString());
            case NULL -> {
                reader.nextNull();
                yield null;
            }
            default -> reader.nextString();
        };
    }

    /** Returns a whole number that fits as a {@code Long} and any other number as its text. */
    private static Object number(String text) {
        return text.matches("-?\\d{1,18}") ? (Object) Long.valueOf(text) : text;
    }

    /**
     * Returns nested fields as settings with dotted keys: {@code latency.p50}. A list becomes words with commas
     * between them. Null becomes 0.
     */
    public static Map<String, String> settings(Map<String, Object> fields) {
        Map<String, String> settings = new LinkedHashMap<>();
        add(settings, "", fields);
        return settings;
    }

    private static void add(Map<String, String> to, String prefix, Map<?, ?> fields) {
        fields.forEach((key, value) -> {
            String name = prefix + key;
            if (value instanceof Map<?, ?> nested) {
                add(to, name + ".", nested);
            } else if (value instanceof List<?> list) {
                to.put(name, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
            } else {
                to.put(name, value == null ? "0" : value.toString());
            }
        });
    }
}
