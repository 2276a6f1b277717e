package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listen address of the metrics endpoint. */
final class MetricsReaderTest {
    private final ConfigFolder folder;

    MetricsReaderTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String metrics) {
        folder.write("weir.conf", "weir { drives.a.backend { type = memory, size = 1M }\n" + metrics + "\n}");
        return ConfigFolder.read(folder.inputs(List.of(), List.of()), TestTypes.ALL);
    }

    @Test
    void offByDefault() {
        assertNull(read("").metrics());
        assertNull(read("metrics.listen = null").metrics());
        assertNull(read("metrics.beyond-loopback = true").metrics());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:127.0.0.1:9464", "tcp:127.1.2.3:0", "tcp:localhost:9464", "tcp:[::1]:9464"})
    void onLoopback(String address) {
        Reading reading = read("metrics.listen = \"" + address + "\"");
        assertEquals(address, reading.metrics());
        assertEquals(List.of(), reading.faults());
        assertEquals(List.of(), reading.warnings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:0.0.0.0:9464", "tcp:[::]:9464", "tcp:127.0.0.1.example.org:9464", "tcp:host:9464"})
    void beyondOnlyByAWord(String address) {
        assertEquals(
                List.of("weir.conf:2: metrics.listen = " + address
                        + ": is reachable from other machines; set metrics.beyond-loopback = true to allow this"),
                read("metrics.listen = \"" + address + "\"").faults());
        Reading meant = read("metrics { listen = \"" + address + "\", beyond-loopback = true }");
        assertEquals(address, meant.metrics());
        assertEquals(List.of(), meant.faults());
        assertEquals(1, meant.warnings().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen = \"unix:/run/metrics\" | must be tcp:HOST:PORT",
                "listen = \"tcp:localhost:65536\" | the port must be at most 65535",
                "listen = \"9464\" | must be unix:PATH or tcp:HOST:PORT, an IPv6 address in brackets",
                "listne = \"tcp:localhost:1\" | did you mean listen",
                "beyond-loopback = maybe | must be true or false",
            })
    void faults(String metrics, String rule) {
        List<String> faults = read("metrics { " + metrics + " }").faults();
        assertEquals(1, faults.size(), faults::toString);
        assertEquals(true, faults.get(0).contains(rule), faults::toString);
    }
}
