package dev.weir.control.route;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON schemas of records, as {@link dev.weir.view.Json} writes them. Not thread-safe. */
final class Schemas {
    private static final String REFERENCE = "#/components/schemas/";
    private static final String TYPE = "type";
    private static final String VIEW = "View";

    private final Map<String, JsonObject> named = new TreeMap<>();

    /** Returns all named schemas so far. */
    JsonObject all() {
        JsonObject all = new JsonObject();
        named.forEach(all::add);
        return all;
    }

    /** Returns a reference to the schema of a record. A view has its time as the first field of an answer. */
    JsonObject reference(Class<?> type) {
        String name = name(type);
        if (!named.containsKey(name)) {
            named.put(name, new JsonObject()); // ends the recursion of a record that contains itself
            named.put(name, record(type));
        }
        return OpenApi.object("$ref", REFERENCE + name);
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        String name = type.getSimpleName();
        // a group of the cluster view has other fields than a group
        return outer != null && outer.getSimpleName().endsWith(VIEW) ? withoutView(outer) + name : withoutView(type);
    }

    private static String withoutView(Class<?> type) {
        String name = type.getSimpleName();
        return name.endsWith(VIEW) ? name.substring(0, name.length() - VIEW.length()) : name;
    }

    private JsonObject record(Class<?> type) {
        JsonObject properties = new JsonObject();
        if (type.getSimpleName().endsWith(VIEW)) {
            JsonObject time = OpenApi.object(TYPE, "string", "format", "date-time");
            properties.add("time", time);
        }
        JsonArray required = new JsonArray();
        for (RecordComponent component : type.getRecordComponents()) {
            String field = FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES.translateName(field(type, component));
            properties.add(field, schema(component.getGenericType(), isNullable(component.getAnnotatedType())));
            required.add(field);
        }
        JsonObject schema = OpenApi.object(TYPE, "object");
        schema.add("properties", properties);
        schema.add("required", required);
        return schema;
    }

    private static java.lang.reflect.Field field(Class<?> type, RecordComponent component) {
        try {
            return type.getDeclaredField(component.getName());
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("a record has a field for each component", e);
        }
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private JsonObject schema(Type type, boolean isNullable) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            boolean isMap = Map.class.isAssignableFrom((Class<?>) generic.getRawType());
            JsonObject schema = new JsonObject();
            schema.add(TYPE, type(isMap ? "object" : "array", isNullable));
            schema.add(isMap ? "additionalProperties" : "items", schema(arguments[arguments.length - 1], false));
            return schema;
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord()) {
            return isNullable ? orNull(reference(plain)) : reference(plain);
        }
        if (plain.isEnum()) {
            JsonObject schema = OpenApi.object(TYPE, "string");
            JsonArray words = new JsonArray();
            Arrays.stream(plain.getEnumConstants())
                    .forEach(word -> words.add(((Enum<?>) word).name().toLowerCase(Locale.ROOT)));
            schema.add("enum", words);
            return schema;
        }
        String name = single(plain);
        JsonObject schema = new JsonObject();
        if (name != null) {
            schema.add(TYPE, type(name, isNullable));
        }
        return schema;
    }

    private static JsonObject orNull(JsonObject reference) {
        JsonArray either = new JsonArray();
        either.add(reference);
        either.add(OpenApi.object(TYPE, "null"));
        JsonObject schema = new JsonObject();
        schema.add("anyOf", either);
        return schema;
    }

    /** Returns the value of {@code type}. */
    private static JsonElement type(String name, boolean isNullable) {
        if (!isNullable) {
            return new JsonPrimitive(name);
        }
        JsonArray either = new JsonArray();
        either.add(name);
        either.add("null");
        return either;
    }

    /** Returns the JSON type of a single value; null for any. */
    private static @Nullable String single(Class<?> type) {
        if (type == String.class) {
            return "string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "boolean";
        }
        return List.of(int.class, long.class, Integer.class, Long.class).contains(type) ? "integer" : null;
    }

    /** Returns a reference to the schema of RFC 9457. */
    JsonObject problem(String name) {
        JsonObject properties = new JsonObject();
        for (String text : List.of("type", "title", "detail")) {
            properties.add(text, OpenApi.object(TYPE, "string"));
        }
        properties.add("status", OpenApi.object(TYPE, "integer"));
        JsonObject list = OpenApi.object(TYPE, "array");
        list.add("items", reference(Problem.BrokenRule.class));
        properties.add("faults", list);
        JsonObject lines = OpenApi.object(TYPE, "array");
        lines.add("items", OpenApi.object(TYPE, "string"));
        properties.add("lines", lines);
        JsonObject schema = OpenApi.object(TYPE, "object");
        schema.add("properties", properties);
        named.put(name, schema);
        return OpenApi.object("$ref", REFERENCE + name);
    }
}
