package dev.weir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.weir.view.system.PolicyView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Formats views as JSON. */
final class JsonTest {

    @Test
    void everyObjectBeginsWithTheTime() {
        Instant now = Instant.parse("2026-11-29T22:40:00.123456789Z");
        String time = "{\"time\":\"2026-11-29T22:40:00.123456Z\",\"type\":\"a\",\"drives\":[]}";
        PolicyView view = new PolicyView("a", List.of());
        assertEquals(time, Json.text(view, now));
        assertEquals("[" + time + "," + time + "]", Json.text(List.of(view, view), now));
    }

    @Test
    void controlCharactersAreEscaped() {
        PolicyView view = new PolicyView("a\u001b\u009b31m\u202e\u2028", List.of());
        String json = Json.text(view, Instant.EPOCH);
        assertTrue(json.endsWith("\"type\":\"a\\u001b\\u009b31m\\u202e\\u2028\",\"drives\":[]}"), json);
    }

    enum Word {
        ONE_WORD
    }

    record Inner(@Nullable String aName, Word p99Nanos) {}

    record Outer(long size, boolean isOn, Inner inner, Map<String, @Nullable Object> values, List<Inner> none) {}

    @Test
    void recordsMapsAndListsAreWritten() {
        Map<String, @Nullable Object> values = new TreeMap<>();
        values.put("list", List.of(1, "a"));
        values.put("array", new String[] {"b"});
        values.put("nothing", null);
        values.put("half", 0.5);
        Outer outer = new Outer(Long.MIN_VALUE, true, new Inner(null, Word.ONE_WORD), values, List.of());
        assertEquals(
                "{\"size\":-9223372036854775808,\"is_on\":true,\"inner\":{\"a_name\":null,\"p99_nanos\":\"one_word\"},"
                        + "\"values\":{\"array\":[\"b\"],\"half\":0.5,\"list\":[1,\"a\"],\"nothing\":null},\"none\":[]}",
                Json.part(outer));
    }

    @Test
    void onlyObjectsGetATime() {
        assertEquals("\"a\"", Json.text("a", Instant.EPOCH));
        assertEquals("[1]", Json.text(List.of(1), Instant.EPOCH));
        assertEquals("{\"time\":\"1970-01-01T00:00:00Z\"}", Json.text(Map.of(), Instant.EPOCH));
        assertEquals("{\"time\":5}", Json.text(Map.of("time", 5), Instant.EPOCH));
    }

    @Test
    void textIsReadBack() {
        String text = "\"\\\b\f\n\r\t\0\u007f é\ud83d\ude00\udb40\udc01/<>";
        String json = Json.part(text);
        assertEquals(text, JsonParser.parseString(json).getAsString());
        assertEquals("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u007f é\ud83d\ude00\\udb40\\udc01/<>\"", json);
    }
}
