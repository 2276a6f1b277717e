package dev.weir.control.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the bodies of requests. */
final class JsonBodyTest {
    @Test
    void valuesKeepTheirKinds() {
        assertEquals(
                Map.of("bps", 10L, "iops", "10k", "half", "0.5", "on", List.of("read"), "latency", Map.of("is", true)),
                JsonBody.fields(
                        "{\"bps\":10,\"iops\":\"10k\",\"half\":0.5,\"on\":[\"read\"],\"latency\":{\"is\":true}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"bps\":1,\"bps\":2}", "{\"bps\":null,\"bps\":2}", "{\"a\":{\"bps\":1,\"bps\":2}}"})
    void repeatedFieldIsRefused(String body) {
        Problem problem = assertThrows(Problem.class, () -> JsonBody.fields(body));
        assertEquals("bps: a field that is given twice", problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "{", "{} {}", "{a:1}", "{\"a\":NaN}", "{\"a\":1e}", "{\"a\":\"\\ud8\"}"})
    void otherBodiesAreRefused(String body) {
        assertEquals(
                400,
                assertThrows(Problem.class, () -> JsonBody.fields(body))
                        .answer()
                        .status());
    }
}
