package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listen addresses of the NBD server. */
final class ListenTest {
    private static final String FORM = "must be unix:PATH or tcp:HOST:PORT, an IPv6 address in brackets";

    private final ConfigFolder folder;

    ListenTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String file, String... listen) {
        folder.write("weir.conf", "weir { drives.a.backend { type = memory, size = 1M }\n" + file + "\n}");
        return ConfigFolder.read(folder.inputs(List.of(), List.of(listen)), TestTypes.ALL);
    }

    @Test
    void defaultIsInTheHome() {
        assertEquals(List.of("unix:/home/weir/run/nbd.sock"), read("").listen());
        assertEquals(
                List.of("unix:/home/weir/run/nbd.sock"),
                read("nbd.listen = null").listen());
    }

    @Test
    void addressesOfTheFile() {
        assertEquals(
                List.of("unix:" + folder.folder() + "/a", "tcp:h:1"),
                read("nbd.listen = [\"unix:b/../a\", \"tcp:h:1\"]").listen());
        assertEquals(List.of("tcp:h:1"), read("nbd.listen = \"tcp:h:1\"").listen());
    }

    @Test
    void listMayBeAppendedTo() {
        assertEquals(
                List.of("unix:/a", "tcp:h:1"),
                read("nbd.listen = [\"unix:/a\"]\nnbd.listen += \"tcp:h:1\"").listen());
        assertEquals(List.of("tcp:h:1"), read("nbd.listen += \"tcp:h:1\"").listen());
    }

    @Test
    void commandLineReplacesTheFile() {
        Reading reading = read("nbd.listen = \"tcp:h:1\"", "unix:a", "tcp:[::1]:10809");

        assertEquals(List.of("unix:/cwd/a", "tcp:[::1]:10809"), reading.listen());
        assertEquals(List.of(), reading.faults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:0.0.0.0:0", "tcp:localhost:65535", "tcp:[fe80::1%eth0]:1", "unix:/a b"})
    void addresses(String address) {
        assertEquals(List.of(address), read("", address).listen());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "unix",
                "unix:",
                "tcp:h",
                "tcp::1",
                "tcp:h:",
                "tcp:h:-1",
                "tcp:h:123456",
                "tcp:::1:1",
                "tcp:a b:1"
            })
    void noAddresses(String address) {
        String shown = address.isEmpty() ? "\"\"" : address;
        String rule = address.isBlank() ? "must not be empty" : FORM;

        assertEquals(
                List.of("--listen " + shown + ": " + rule), read("", address).faults());
    }

    @Test
    void portTooHigh() {
        assertEquals(
                List.of("--listen tcp:h:65536: the port must be at most 65535"),
                read("", "tcp:h:65536").faults());
    }

    @ParameterizedTest
    @CsvSource({"106, ''", "107, is 107"})
    void aSocketHasAShortPath(int bytes, String end) {
        String path = "/" + "ä".repeat((bytes - 1) / 2) + "x".repeat((bytes - 1) % 2);
        List<String> faults = end.isEmpty()
                ? List.of()
                : List.of("--listen unix:" + path + ": the path of a socket must be at most 106 bytes; " + path + " "
                        + end);

        assertEquals(faults, read("", "unix:" + path).faults());
    }

    @Test
    void homePathTooLong() {
        Path deep = Path.of("/" + "h".repeat(100));
        Inputs inputs = new Inputs(deep, deep, null, List.of("id=a,memory=1M"), List.of());

        assertEquals(
                List.of("--home " + deep + ": the path of a socket must be at most 106 bytes; " + deep
                        + "/run/nbd.sock is 114"),
                ConfigFolder.read(inputs, TestTypes.ALL).faults());
    }

    @Test
    void duplicateAddress() {
        assertEquals(
                List.of("weir.conf:3: nbd.listen = unix:b/../a: is listed twice"),
                read("nbd.listen = [\"unix:a\",\n\"unix:b/../a\"]").faults());
        assertEquals(
                List.of("--listen tcp:h:1: is listed twice"),
                read("", "tcp:h:1", "tcp:h:1").faults());
    }
}
