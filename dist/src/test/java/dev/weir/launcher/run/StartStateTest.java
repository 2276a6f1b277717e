package dev.weir.launcher.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StartStateTest {

    private static StartState standing(boolean listening, List<String> served, Map<String, String> unavailable) {
        return new StartState(
                true,
                List.of(),
                List.of(),
                List.of("a", "b"),
                served,
                unavailable,
                listening,
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void readyMeansServedAndListening() {
        assertTrue(standing(true, List.of("b", "a"), Map.of()).ready());
        assertFalse(standing(false, List.of("b", "a"), Map.of()).ready());
        assertFalse(standing(true, List.of("b"), Map.of()).ready());
    }

    @Test
    void settledIsNotReadyAfterFailures() {
        StartState failed = standing(true, List.of("b"), Map.of("a", "no such file"));
        assertTrue(failed.settled());
        assertFalse(failed.ready());
        assertFalse(standing(true, List.of("b"), Map.of()).settled());
    }

    @Test
    void namesPendingDrives() {
        assertEquals(
                "the NBD export", standing(false, List.of("a", "b"), Map.of()).awaited());
        assertEquals("drives to open: a, b", standing(true, List.of(), Map.of()).awaited());
        List<String> many = IntStream.range(0, 1000).mapToObj(i -> "d" + i).toList();
        StartState large = new StartState(
                true, List.of(), List.of(), many, List.of(), Map.of(), true, List.of(), List.of(), List.of(),
                List.of());
        assertEquals("drives to open: d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 and 990 more", large.awaited());
        assertEquals(
                "bundles to start", standing(true, List.of("a", "b"), Map.of()).awaited());
    }
}
