package dev.weir.control.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.control.EngineFixture;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.OpenApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the page of the API with its OpenAPI document. {@code -Dweir.write} writes the page. */
final class ApiPageTest {
    private static final Path PAGE = Path.of("../docs/reference/http-api.md");

    private static final String HEAD =
            """
            # Operations of the HTTP API

            This page is made from the OpenAPI document, `/v1/openapi.json`. [HTTP API](bundles/control.md) describes
            addresses, tokens and errors. Answers have the fields of the [shell's JSON](shell.md#json). A problem of
            RFC 9457 is an answer of every operation.

            """;

    @Test
    void pageIsMadeFromTheDocument(@TempDir Path folder) throws IOException {
        try (EngineFixture weir = new EngineFixture(folder)) {
            JsonObject document = JsonParser.parseString(OpenApi.of(Api.routes(weir.services()), "1.0"))
                    .getAsJsonObject();
            String page = HEAD
                    + document.getAsJsonObject("paths").entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(path -> path(path.getKey(), path.getValue().getAsJsonObject()))
                            .collect(Collectors.joining("\n"));
            if (System.getProperty("weir.write") != null) {
                Files.writeString(PAGE, page);
            }
            assertEquals(page, Files.readString(PAGE));
        }
    }

    private static String path(String path, JsonObject methods) {
        return "## `%s`\n\n%s"
                .formatted(
                        path,
                        methods.entrySet().stream()
                                .map(method -> operation(
                                        method.getKey().toUpperCase(Locale.ROOT),
                                        method.getValue().getAsJsonObject()))
                                .collect(Collectors.joining("\n")));
    }

    private static String operation(String method, JsonObject operation) {
        StringBuilder text = new StringBuilder(
                "**%s** (`%s`): %s\n".formatted(method, text(operation, "operationId"), text(operation, "summary")));
        JsonElement parameters = operation.get("parameters");
        if (parameters != null) {
            parameters.getAsJsonArray().forEach(each -> {
                JsonObject parameter = each.getAsJsonObject();
                if (text(parameter, "in").equals("query")) {
                    text.append("\n- `?%s`: %s".formatted(text(parameter, "name"), text(parameter, "description")));
                }
            });
        }
        JsonObject body = operation.getAsJsonObject("requestBody");
        if (body != null) {
            JsonObject media = body.getAsJsonObject("content").getAsJsonObject(ApiAnswer.JSON);
            if (!text(operation, "operationId").endsWith("Limits")) {
                media.getAsJsonObject("schema")
                        .getAsJsonObject("properties")
                        .entrySet()
                        .forEach(field -> text.append("\n- `%s`: %s"
                                .formatted(field.getKey(), text(field.getValue().getAsJsonObject(), "description"))));
            }
            text.append("\n- body: `%s`".formatted(media.get("example")));
        }
        operation.getAsJsonObject("responses").entrySet().stream()
                .filter(response -> !response.getKey().equals("default"))
                .forEach(response -> text.append("\n- %s: %s"
                        .formatted(response.getKey(), text(response.getValue().getAsJsonObject(), "description"))));
        return text.append('\n').toString();
    }

    private static String text(JsonObject object, String field) {
        return object.has(field) ? object.get(field).getAsString() : "";
    }
}
