package dev.weir.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditDistanceTest {
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
        assertEquals(distance, EditDistance.of(a, b));
        assertEquals(distance, EditDistance.of(b, a));
    }
}
