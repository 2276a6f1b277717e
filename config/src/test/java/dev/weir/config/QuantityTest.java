package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of numbers with units. {@link FaultsTest} has the errors. */
final class QuantityTest {

    private static Setting setting(String hocon) {
        FileSource source = new FileSource(Path.of("/weir.conf"));
        return Setting.root(
                source,
                new Findings(),
                ConfigFactory.parseString("it = " + hocon).getValue("it"),
                source.place());
    }

    @ParameterizedTest
    @CsvSource({
        "512, 512",
        "\"512\", 512",
        "512B, 512",
        "10K, 10240",
        "10k, 10240",
        "10kB, 10000",
        "10KiB, 10240",
        "10M, 10485760",
        "10m, 10485760",
        "10MB, 10000000",
        "10MiB, 10485760",
        "10 MiB, 10485760",
        "10 megabytes, 10000000",
        "1G, 1073741824",
        "1GB, 1000000000",
        "1GiB, 1073741824",
        "1T, 1099511627776",
        "1.5K, 1536",
        "0.5kB, 500",
        "1e3, 1000",
        "1.0, 1",
        "-1K, -1024",
        "7E, 8070450532247928832",
        "8E, 9223372036854775807",
        "1e99, 9223372036854775807",
        "-1e99, -9223372036854775807",
    })
    void bytes(String hocon, long bytes) {
        assertEquals(bytes, Quantity.bytes(setting(hocon)));
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30",
        "\"30\", 30",
        "30s, 30",
        "30 seconds, 30",
        "2000ms, 2",
        "5m, 300",
        "1.5m, 90",
        "1h, 3600",
        "1d, 86400"
    })
    void seconds(String hocon, long seconds) {
        assertEquals(seconds, Quantity.seconds(setting(hocon)));
    }

    @ParameterizedTest
    @CsvSource({"500, 500", "\"500\", 500", "1e3, 1000", "5.0, 5", "0, 0", "-7, -7"})
    void count(String hocon, long count) {
        assertEquals(count, Quantity.count(setting(hocon)));
    }
}
