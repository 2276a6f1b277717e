package dev.weir.bench.many;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetTest {

    @ParameterizedTest
    @CsvSource({"7, 7, 7, 7, 1", "8, 0, 0, 0, 0.25", "1, 3, 0, 0, 0.4", "0, 0, 0, 0, 0"})
    void fairnessIsJainsIndex(long a, long b, long c, long d, double index) {
        assertEquals(index, Fleet.fairness(new long[] {a, b, c, d}), 1e-9);
    }
}
