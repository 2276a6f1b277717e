package dev.weir.control.api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.weir.control.EngineFixture;
import dev.weir.control.access.Caller;
import dev.weir.control.route.ApiAnswer;
import dev.weir.control.route.ApiRequest;
import dev.weir.control.route.Route;
import dev.weir.control.route.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Sends random requests that the OpenAPI document permits or nearly permits. More of them: {@code
 * -Djqwik.tries.default=100000}.
 */
final class ApiFuzzPropertyTest {
    private static final EngineFixture WEIR = fixture();
    private static final Router ROUTER = Api.router(WEIR.services(), "1.0");
    private static final List<Route> ROUTES = Api.routes(WEIR.services());

    private static EngineFixture fixture() {
        try {
            EngineFixture fixture = new EngineFixture(Files.createTempDirectory("weir-fuzz"));
            fixture.prepare();
            return fixture;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterContainer
    static void close() {
        WEIR.close();
    }

    @Provide
    Arbitrary<ApiRequest> requests() {
        return Arbitraries.of(ROUTES).flatMap(route -> {
            Arbitrary<String> path = Arbitraries.of(
                            "vm1", "scratch", "tenant-a", "slow", "absent", "%2E", "%00", "a%20b")
                    .map(name -> route.template().replaceAll("\\{[a-z]+}", name));
            Arbitrary<Map<String, String>> query = Arbitraries.maps(
                            Arbitraries.of("dry-run", "temporary", "delete-storage", "drive", "group", "samples", "x"),
                            Arbitraries.of("true", "false", "vm1", ""))
                    .ofMaxSize(2);
            Arbitrary<String> ifMatch =
                    Arbitraries.of("*", "\"a\"", "W/\"a\", \"b\"", ",").injectNull(0.8);
            return Combinators.combine(path, query, ifMatch, body(route))
                    .as((one, two, three, four) ->
                            new ApiRequest(route.method(), one, two, three, three, four, Caller.SOCKET));
        });
    }

    private static Arbitrary<String> body(Route route) {
        Route.Body body = route.body();
        List<String> known = body == null || body.fields().isEmpty()
                ? List.of("x")
                : List.copyOf(body.fields().keySet());
        Arbitrary<String> fields = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(9, Arbitraries.of(known)),
                net.jqwik.api.Tuple.of(1, Arbitraries.strings().ofMaxLength(8)));
        Arbitrary<String> object =
                Arbitraries.maps(fields, value()).ofMaxSize(4).map(ApiFuzzPropertyTest::json);
        Arbitrary<String> text = Arbitraries.of("", "{", "[]", "null", "{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}", "\"a\"");
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(8, object), net.jqwik.api.Tuple.of(1, text));
    }

    private static Arbitrary<String> value() {
        Arbitrary<String> single = Arbitraries.of(
                "null",
                "true",
                "0",
                "-1",
                "1.5",
                "1e99",
                "4096",
                "9223372036854775807",
                "\"10MiB\"",
                "\"5k\"",
                "\"\"",
                "\"slice\"",
                "\"EIO\"",
                "\"1ms\"",
                "\"\\u0000\"",
                "\"a b\"",
                "[\"read\"]",
                "[[]]",
                "{}");
        return Arbitraries.oneOf(
                single,
                Arbitraries.of("p50", "p99", "bps", "iops")
                        .flatMap(key -> single.map(of -> "{\"" + key + "\":" + of + "}")));
    }

    private static String json(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> new com.google.gson.JsonPrimitive(field.getKey()) + ":" + field.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Property
    void answerIsNeverAnInternalError(@ForAll("requests") ApiRequest request) {
        ApiAnswer answer = ROUTER.answer(request);
        // 503: a busy drive
        assertTrue(answer.status() < 500 || answer.status() == 503, () -> request + " " + answer);
        if (answer.status() >= 400) {
            assertTrue(JsonParser.parseString(answer.body()).getAsJsonObject().has("detail"), answer::toString);
        }
    }
}
