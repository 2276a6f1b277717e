package dev.weir.control.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.control.EngineFixture;
import dev.weir.control.access.Caller;
import dev.weir.control.api.Api;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls each operation as the OpenAPI document describes it and compares the answers with its schemas. */
final class OpenApiTest {
    private final EngineFixture weir;
    private final Router router;
    private final JsonObject document;

    OpenApiTest(@TempDir Path folder) {
        weir = new EngineFixture(folder);
        router = Api.router(weir.services(), "1.0");
        document = JsonParser.parseString(call("GET", "/v1/openapi.json", "").body())
                .getAsJsonObject();
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private ApiAnswer call(String method, String path, String body) {
        return router.answer(new ApiRequest(method, path, Map.of(), null, null, body, Caller.SOCKET));
    }

    private static String filled(String template) {
        String name = template.contains("/groups/") ? "tenant-a" : "vm1";
        return template.replace("{name}", name).replace("{fault}", "slow");
    }

    @Test
    void operationsAnswerAsDescribed() {
        Set<String> ids = new HashSet<>();
        weir.prepare();
        document.getAsJsonObject("paths")
                .entrySet()
                .forEach(path -> path.getValue().getAsJsonObject().entrySet().forEach(method -> {
                    JsonObject operation = method.getValue().getAsJsonObject();
                    assertTrue(ids.add(operation.get("operationId").getAsString()), path::getKey);
                    check(method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), operation);
                }));
        assertTrue(ids.size() > 25, ids::toString);
    }

    private void check(String method, String template, JsonObject operation) {
        String body = example(operation);
        ApiAnswer answer = call(method, filled(template), body);
        JsonObject responses = operation.getAsJsonObject("responses");
        String place = method + " " + template + " " + answer.body();
        assertTrue(responses.has(Integer.toString(answer.status())), place);
        JsonObject response = responses.getAsJsonObject(Integer.toString(answer.status()));
        if (answer.status() == 200) {
            assertEquals(ApiAnswer.JSON, answer.contentType());
            JsonObject schema = response.getAsJsonObject("content")
                    .getAsJsonObject(ApiAnswer.JSON)
                    .getAsJsonObject("schema");
            compare(schema, JsonParser.parseString(answer.body()), method + " " + template);
        }
    }

    private static String example(JsonObject operation) {
        JsonObject body = operation.getAsJsonObject("requestBody");
        return body == null
                ? ""
                : body.getAsJsonObject("content")
                        .getAsJsonObject(ApiAnswer.JSON)
                        .get("example")
                        .toString();
    }

    /** Compares the fields and types of an answer with a schema. */
    private void compare(JsonObject schema, JsonElement answer, String place) {
        if (schema.has("$ref")) {
            String name = schema.get("$ref").getAsString().replaceFirst(".*/", "");
            compare(
                    document.getAsJsonObject("components")
                            .getAsJsonObject("schemas")
                            .getAsJsonObject(name),
                    answer,
                    place);
        } else if (schema.has("anyOf")) {
            int kind = answer.isJsonNull() ? 1 : 0;
            compare(schema.getAsJsonArray("anyOf").get(kind).getAsJsonObject(), answer, place);
        } else if (answer.isJsonArray()) {
            assertEquals("array", type(schema), place);
            answer.getAsJsonArray().forEach(each -> compare(schema.getAsJsonObject("items"), each, place + "[]"));
        } else if (answer.isJsonObject() && schema.has("properties")) {
            JsonObject properties = schema.getAsJsonObject("properties");
            Set<String> fields = answer.getAsJsonObject().keySet();
            assertTrue(properties.keySet().containsAll(fields), () -> place + " has " + fields);
            schema.getAsJsonArray("required")
                    .forEach(field -> assertTrue(fields.contains(field.getAsString()), () -> place + "." + field));
            answer.getAsJsonObject()
                    .entrySet()
                    .forEach(field -> compare(
                            properties.getAsJsonObject(field.getKey()),
                            field.getValue(),
                            place + "." + field.getKey()));
        } else if (schema.has("type") && !answer.isJsonObject()) {
            assertTrue(types(schema).contains(type(answer)), () -> place + " = " + answer + " is no " + schema);
        }
    }

    private static @Nullable String type(JsonObject schema) {
        return types(schema).stream().findFirst().orElse(null);
    }

    private static List<String> types(JsonObject schema) {
        JsonElement type = schema.get("type");
        return type instanceof JsonArray several
                ? Stream.iterate(0, i -> i < several.size(), i -> i + 1)
                        .map(i -> several.get(i).getAsString())
                        .toList()
                : List.of(type.getAsString());
    }

    private static String type(JsonElement value) {
        if (value.isJsonNull()) {
            return "null";
        }
        if (value.getAsJsonPrimitive().isBoolean()) {
            return "boolean";
        }
        return value.getAsJsonPrimitive().isNumber() ? "integer" : "string";
    }
}
