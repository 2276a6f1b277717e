package dev.weir.view.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LimitValuesTest {
    private static final List<String> BYTE_UNITS = List.of(
            "", "B", "b", "k", "K", "Ki", "KiB", "kB", "m", "M", "Mi", "MiB", "MB", "g", "G", "Gi", "GiB", "GB", "t",
            "T", "Ti", "TiB", "TB", "p", "P", "Pi", "PiB", "PB");

    /** Commands and the configuration file use the same units. */
    @Test
    void unitsMatchHocon() {
        for (String unit : BYTE_UNITS) {
            String text = (unit.toUpperCase(Locale.ROOT).startsWith("P") ? "0" : "3") + unit;
            assertEquals(ConfigFactory.parseMap(Map.of("v", text)).getBytes("v"), LimitValues.parse("bps", text), text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KB", "mb", "Mb", "Q", "MiBs", "iB"})
    void whatIsNoUnitInHoconIsNoneHere(String unit) {
        assertThrows(ConfigException.class, () -> ConfigFactory.parseMap(Map.of("v", "3" + unit))
                .getBytes("v"));
        assertThrows(IllegalArgumentException.class, () -> LimitValues.parse("bps", "3" + unit));
    }

    @ParameterizedTest
    @CsvSource({
        "bps, 10MiB, 10485760",
        "bps_rd_max, 1.5M, 1572864",
        "bps, 0, 0",
        "bps, -5, -5",
        "iops, 500, 500",
        "iops, 5k, 5000",
        "iops_rd_max, 1.5M, 1500000",
        "iops_wr, 1G, 1000000000",
        "iops_size, 4K, 4096",
        "iops_max_length, 30, 30",
        "iops_max_length, 30s, 30",
        "bps_max_length, 2m, 120",
        "bps_max_length, 3000ms, 3",
        "size, 9223372036854775807, 9223372036854775807",
        "size, 7E, 8070450532247928832",
    })
    void valuesAreInTheUnitOfTheirKey(String key, String text, long value) {
        assertEquals(value, LimitValues.parse(key, text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bps | 10Q | bps = 10Q: must be a number of bytes, for example 512, 10M or 10MiB",
                "bps | '' | bps = : must be a number of bytes, for example 512, 10M or 10MiB",
                "iops | 5K | iops = 5K: must be a number of requests, for example 500 or 10k",
                "iops | 0.5 | iops = 0.5: must be a whole number of requests",
                "bps | 0.3KiB | bps = 0.3KiB: must be a whole number of bytes",
                "bps | 1P | bps = 1P: must be at most 1000000000000000",
                "size | 8E | size = 8E: must be at most 9223372036854775807",
                "bps | 99999999999999999999999 | bps = 99999999999999999999999: must be at most 1000000000000000",
                "iops_max_length | 1500ms | iops_max_length = 1500ms: must be a whole number of seconds",
            })
    void whatIsWrongIsNamed(String key, String text, String message) {
        Exception fault = assertThrows(IllegalArgumentException.class, () -> LimitValues.parse(key, text));
        assertEquals(message, fault.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "bps, 10485760, 10MiB",
        "bps, 50000000, 50MB",
        "bps, 1500, 1500",
        "bps, 2000, 2kB",
        "bps, 10240000, 10240kB",
        "bps_wr, 1536, 1536",
        "bps, 1125899906842624, 1PiB",
        "iops, 2048, 2048",
        "iops_max_length, 30, 30s",
    })
    void valuesAreShownSoThatTheyCanBeTyped(String key, long value, String text) {
        assertEquals(text, LimitValues.text(key, value));
    }
}
