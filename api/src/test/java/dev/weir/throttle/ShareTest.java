package dev.weir.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weight | 0 | must be from 1 to 1000",
                "weight | 1001 | must be from 1 to 1000",
                "weight | -9223372036854775808 | must be from 1 to 1000",
                "min.bps | -1 | must be 0 (no minimum) or more",
                "min.iops | 1000000000000001 | must be at most 1000000000000000",
                "min.beer | 1 | is not part of a share",
            })
    void valuesOutOfRangeAreFaults(String key, long value, String rule) {
        IllegalArgumentException fault =
                assertThrows(IllegalArgumentException.class, () -> Share.of(Map.of(key, value)));
        assertEquals(key + " = " + value + ": " + rule, fault.getMessage());
    }

    @Test
    void valuesRoundTrip() {
        Share share = new Share(Share.MAX_WEIGHT, ThrottleLimits.MAX_VALUE, 1);
        assertEquals(share, Share.of(share.toMap()));
        assertEquals(Share.DEFAULT, Share.of(Map.of()));
        assertEquals(Map.of(), Share.DEFAULT.toMap());
    }
}
