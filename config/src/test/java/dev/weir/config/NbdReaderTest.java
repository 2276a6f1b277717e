package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of the NBD server other than its addresses, and descriptions of drives. */
final class NbdReaderTest {
    private final ConfigFolder folder;

    NbdReaderTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String file) {
        folder.write("weir.conf", "weir { drives.vm1.backend { type = memory, size = 1M }\n" + file + "\n}");
        return ConfigFolder.read(folder.inputs(List.of(), List.of()), TestTypes.ALL);
    }

    @Test
    void unsetKeysAreLeftToTheServer() {
        assertEquals(Map.of(), read("").nbd());
    }

    @Test
    void everyKey() {
        Reading reading = read(
                """
                nbd {
                  max-connections = 10, handshake-timeout = 1m, max-requests = 64, max-request-bytes = 32MiB
                  max-total-bytes = 64MiB, stall-timeout = 5, busy-poll = 20us, default-export = vm1
                }""");

        assertEquals(List.of(), reading.faults());
        assertEquals(
                Map.of(
                        "max.connections", 10L,
                        "handshake.timeout", 60L,
                        "max.requests", 64L,
                        "max.request.bytes", 32L << 20,
                        "max.total.bytes", 64L << 20,
                        "stall.timeout", 5L,
                        "busy.poll", 20_000L,
                        "default.export", "vm1"),
                reading.nbd());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-connections = 0       | must be from 1 to 1000000",
                "handshake-timeout = 2h    | must be from 1 to 3600 s",
                "max-requests = 65537      | must be from 1 to 65536",
                "max-request-bytes = 1M    | must be from 33554432 to 1099511627776 bytes",
                "max-total-bytes = 63MiB   | must be from 67108864 to 1099511627776 bytes",
                "stall-timeout = 0         | must be from 1 to 86400 s",
                "busy-poll = 2ms           | must be from 0 to 1000000 ns",
                "busy-poll = fast          | must be whole nanoseconds, such as 20us or 500ns",
                "socket-mode = 660x        | must be 0600 (owner), 0660 (owner and group) or 0666 (all users)",
                "socket-mode = 0606        | must be 0600 (owner), 0660 (owner and group) or 0666 (all users)",
                "socket-mode = 0640        | must be 0600 (owner), 0660 (owner and group) or 0666 (all users)",
                "socket-group = no-such-gr | is not a group of this machine",
                "default-export = vm2      | is not a drive; did you mean vm1?",
            })
    void whatIsOutOfRangeIsAFault(String line, String rule) {
        assertEquals(
                List.of("weir.conf:2: nbd." + line + ": " + rule),
                read("nbd." + line).faults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "socket-mode = 660                            | 0660 |",
                "socket-mode = 0600                           | 0600 |",
                "socket-mode = \"0666\"                       | 0666 |",
                "socket-group = daemon                        | 0660 | daemon",
                "socket-group = daemon, nbd.socket-mode = 0600 | 0600 | daemon",
            })
    void groupOfSocketsGivesTheMode(String line, String mode, @Nullable String group) {
        Reading reading = read("nbd." + line);

        assertEquals(List.of(), reading.faults());
        assertEquals(mode, reading.nbd().get("socket.mode"));
        assertEquals(group, reading.nbd().get("socket.group"));
    }

    @Test
    void socketForAllUsersIsAWarning() {
        assertEquals(
                List.of(
                        "weir.conf:2: nbd.socket-mode = 0666: every user of this machine can read and change every drive"),
                read("nbd.socket-mode = 0666").warnings());
    }

    /** The memory of a JVM with 1 TiB of direct memory would be a surprise. */
    @Test
    void whatDoesNotFitIntoTheMemoryIsAFault() {
        List<String> faults = read("nbd { max-total-bytes = 1TiB }\nnbd.max-connections = 1000000")
                .faults();
        assertEquals(2, faults.size(), faults::toString);
        assertTrue(faults.get(0)
                .matches("weir.conf:2: nbd.max-total-bytes = 1TiB: must be at most [0-9]+ bytes, the share.*"));
        assertTrue(
                faults.get(1).matches("weir.conf:3: nbd.max-connections = 1000000: must be at most [0-9]+, because.*"));
    }

    @Test
    void driveHasADescription() {
        assertEquals(
                "für alle",
                read("drives.vm1.description = \"für alle\"").drives().get(0).description());
        assertEquals("", read("").drives().get(0).description());
        assertEquals(
                List.of("weir.conf:2: drives.vm1.description = a?b: must be at most 4096 bytes of UTF-8 without"
                        + " control characters"),
                read("drives.vm1.description = \"a\\nb\"").faults());
    }
}
