package dev.weir.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MeasureTest {
    @ParameterizedTest
    @CsvSource({
        "BYTES, 512, 512",
        "BYTES, 10 megabytes, 10000000",
        "BYTES, 1.5K, 1536",
        "BYTES, 0.0001K, 0.1024",
        "BYTES, -1k, -1024",
        "BYTES, 7E, 8070450532247928832",
        "DURATION, 1.5m, 90000000000",
        "DURATION, 250µs, 250000",
        "DURATION, 1d, 86400000000000",
        "REQUESTS, 2.5k, 2500",
        "REQUESTS, 1e3, 1000",
        "COUNT, .5, 0.5",
    })
    void parsesExactly(Measure measure, String text, BigDecimal amount) {
        BigDecimal parsed = measure.parse(text);
        assertNotNull(parsed);
        assertEquals(0, amount.compareTo(parsed), parsed.toPlainString());
    }

    @ParameterizedTest
    @CsvSource({
        "BYTES, 10Q",
        "BYTES, KiB",
        "BYTES, 1 0",
        "BYTES, 1e999",
        "BYTES, ''",
        "DURATION, 30",
        "DURATION, 3M",
        "REQUESTS, 5K",
        "COUNT, 5k",
    })
    void refusesOtherTexts(Measure measure, String text) {
        assertNull(measure.parse(text));
    }

    @Test
    void plainNumberHasTheGivenUnit() {
        assertEquals(BigDecimal.valueOf(30_000_000_000L), Measure.DURATION.parse("30", "s"));
        assertEquals(BigDecimal.valueOf(2_000_000), Measure.DURATION.parse("2ms", "s"));
        assertNull(Measure.BYTES.parse("30", null));
    }
}
