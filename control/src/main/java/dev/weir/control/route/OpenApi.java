package dev.weir.control.route;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI 3.1 document of the operations. It is generated from the routes and so agrees with them. */
public final class OpenApi {
    private static final String PROBLEM = "Problem";
    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping()
            .setPrettyPrinting()
            .create();

    private final List<Route> routes;
    private final Schemas schemas = new Schemas();

    private OpenApi(List<Route> routes) {
        this.routes = routes;
    }

    /** Returns the document of these operations. */
    public static String of(List<Route> routes, String version) {
        return GSON.toJson(new OpenApi(routes).document(version));
    }

    private JsonObject document(String version) {
        JsonObject document = new JsonObject();
        document.addProperty("openapi", "3.1.0");
        document.add(
                "info",
                object(
                        "title", "Weir",
                        "description", "Virtual disks with exact limits: shows and changes drives and groups.",
                        "version", version));
        document.add("paths", paths());
        JsonObject components = new JsonObject();
        components.add("schemas", schemas.all());
        JsonObject bearer = object("type", "http", "scheme", "bearer");
        JsonObject cookie = object("type", "apiKey", "in", "cookie", "name", "weir-session-PORT");
        JsonObject security = new JsonObject();
        security.add("token", bearer);
        security.add("session", cookie);
        components.add("securitySchemes", security);
        document.add("components", components);
        JsonArray any = new JsonArray();
        for (String scheme : List.of("token", "session")) {
            JsonObject one = new JsonObject();
            one.add(scheme, new JsonArray());
            any.add(one);
        }
        any.add(new JsonObject()); // the Unix socket needs no token and no session
        document.add("security", any);
        return document;
    }

    private JsonObject paths() {
        Map<String, List<Route>> byPath = new LinkedHashMap<>();
        routes.forEach(route -> byPath.computeIfAbsent(route.template(), path -> new ArrayList<>())
                .add(route));
        JsonObject paths = new JsonObject();
        byPath.forEach((path, same) -> {
            JsonObject item = new JsonObject();
            same.forEach(route -> item.add(route.method().toLowerCase(Locale.ROOT), operation(route)));
            paths.add(path, item);
        });
        return paths;
    }

    private JsonObject operation(Route route) {
        JsonObject operation = object("operationId", route.id(), "summary", route.summary());
        JsonArray parameters = new JsonArray();
        route.parameters().forEach(name -> parameters.add(parameter(name, "path", "")));
        route.query().forEach(one -> parameters.add(parameter(one.name(), "query", one.summary())));
        if (!parameters.isEmpty()) {
            operation.add("parameters", parameters);
        }
        Route.Body body = route.body();
        if (body != null) {
            operation.add("requestBody", body(body));
        }
        JsonObject responses = new JsonObject();
        responses.add(Integer.toString(route.answer().status()), answer(route.answer()));
        JsonObject problem = object("description", "the request cannot be answered");
        problem.add("content", content("application/problem+json", schemas.problem(PROBLEM)));
        responses.add("default", problem);
        operation.add("responses", responses);
        return operation;
    }

    private static JsonObject parameter(String name, String in, String summary) {
        JsonObject parameter = object("name", name, "in", in);
        if (!summary.isEmpty()) {
            parameter.addProperty("description", summary);
        }
        if (in.equals("path")) {
            parameter.addProperty("required", true);
        }
        parameter.add("schema", object("type", "string"));
        return parameter;
    }

    private static JsonObject body(Route.Body body) {
        JsonObject schema = object("type", "object");
        JsonObject properties = new JsonObject();
        body.fields().forEach((field, summary) -> properties.add(field, object("description", summary)));
        schema.add("properties", properties);
        if (!body.isOpen()) {
            schema.addProperty("additionalProperties", false);
        }
        JsonObject media = new JsonObject();
        media.add("schema", schema);
        media.add("example", JsonParser.parseString(body.example()));
        JsonObject content = new JsonObject();
        content.add(ApiAnswer.JSON, media);
        JsonObject request = new JsonObject();
        request.addProperty("required", true);
        request.add("content", content);
        return request;
    }

    private JsonObject answer(Route.Answer answer) {
        JsonObject response = object("description", answer.summary());
        if (answer.status() == 204) {
            return response;
        }
        JsonObject schema = answer.view() == null ? object("type", "object") : schemas.reference(answer.view());
        if (answer.isList()) {
            JsonObject list = object("type", "array");
            list.add("items", schema);
            schema = list;
        }
        response.add("content", content(ApiAnswer.JSON, schema));
        return response;
    }

    private static JsonObject content(String type, JsonObject schema) {
        JsonObject media = new JsonObject();
        media.add("schema", schema);
        JsonObject content = new JsonObject();
        content.add(type, media);
        return content;
    }

    /** Returns an object of texts: keys and values in turn. */
    static JsonObject object(String... words) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < words.length; i += 2) {
            object.addProperty(words[i], words[i + 1]);
        }
        return object;
    }

    /** Returns the given routes and the route of the document itself. */
    public static List<Route> withItself(List<Route> routes, String version) {
        List<Route> all = new ArrayList<>(routes);
        Route.Answer answer = new Route.Answer(200, null, false, "this document");
        String[] text = new String[1];
        all.add(new Route(
                "GET",
                "/v1/openapi.json",
                "getOpenApi",
                "Describes the API.",
                answer,
                (request, path) -> ApiAnswer.json(200, text[0])));
        text[0] = of(all, version);
        return Collections.unmodifiableList(all);
    }
}
