package dev.weir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.view.system.PolicyView;
import java.time.Instant;
import java.util.List;
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
}
