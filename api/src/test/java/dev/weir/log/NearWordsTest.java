package dev.weir.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearWordsTest {
    @ParameterizedTest
    @CsvSource({
        "bps, bps, 0",
        "bps, bp, 1",
        "bps, pbs, 1",
        "iops, ips, 1",
        "iops, iopss, 1",
        "iops, bps, 2",
        "'', abc, 3",
        "kitten, sitting, 3",
    })
    void countsInsertionsDeletionsReplacementsAndSwaps(String a, String b, int distance) {
        assertEquals(distance, NearWords.changes(a, b));
        assertEquals(distance, NearWords.changes(b, a));
    }

    @Test
    void nearestComesFirstAndThenTheEarlier() {
        List<String> known = List.of("polish", "backend", "policy", "police");
        assertEquals(List.of("policy", "police", "polish"), NearWords.of("policy", known));
        assertEquals(List.of("polish", "police"), NearWords.of("polise", List.of("polish", "police")));
    }

    @Test
    void oneChangeForThreeLettersIsNear() {
        List<String> known = List.of("size", "limits", "read-only");
        assertEquals(List.of("size"), NearWords.of("siz", known));
        assertEquals(List.of(), NearWords.of("si", known));
        assertEquals(List.of("limits"), NearWords.of("limist", known));
        assertEquals(List.of("read-only"), NearWords.of("readonly", known));
        assertEquals(List.of(), NearWords.of("backend", known));
        assertEquals(List.of(), NearWords.of("", known));
    }

    @Test
    void spellingsOfAWordCount() {
        assertEquals(
                List.of("limits.bps"),
                NearWords.of(
                        "bpss", List.of("limits.bps", "policy"), word -> List.of(word, word.replace("limits.", ""))));
    }
}
