package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses and names of the HTTP API. */
final class ControlReaderTest {
    private final ConfigFolder folder;

    ControlReaderTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String control) {
        return folder.read("weir { drives.a.backend { type = memory, size = 1M }\n" + control + "\n}");
    }

    @Test
    void apiIsOffWithoutAddresses() {
        assertNull(read("").control());
        assertNull(read("control.hosts = [a]").control());
    }

    @Test
    void addressesAndMetricsArePassedOn() {
        Map<String, Object> control =
                read("control.listen = [\"unix:/run/api\", \"tcp:[::1]:8470\"]\nmetrics.listen = \"tcp:127.0.0.1:1\"")
                        .control();
        assertNotNull(control);
        assertArrayEquals(new String[] {"unix:/run/api", "tcp:[::1]:8470"}, (String[]) control.get("listen"));
        assertEquals("tcp:127.0.0.1:1", control.get("metrics"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen = \"tcp:0.0.0.0:8470\" | is reachable from other machines; this needs TLS",
                "listen = [\"tcp:[::1]:1\", \"tcp:[::1]:1\"] | is listed twice",
                "listen = \"http://localhost\" | must be unix:PATH or tcp:HOST:PORT",
                "listen = \"unix:/a\", hosts = [\"a:80\"] | must be the name of a host without a port",
                "lisen = \"unix:/a\" | unknown key; did you mean listen?"
            })
    void faults(String control, String rule) {
        List<String> faults = read("control { " + control + " }").faults();
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains(rule), faults::toString);
    }
}
