package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS, plaintext and stop settings of the NBD server. */
final class SecurityTest {
    private static final String TLS =
            "nbd { tls = required, tls-certificate = cert.pem, tls-key = key.pem, tls-client-ca = ca.pem }\n";

    private final Path folder;

    SecurityTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void someFiles() throws IOException {
        for (String file : List.of("cert.pem", "key.pem", "ca.pem", "keys.psk")) {
            Files.writeString(folder.resolve(file), "x");
        }
    }

    private Reading read(String text) {
        return new ConfigFolder(folder)
                .read("weir { drives.a { backend { type = memory, size = 1M } }\n" + text + "\n}");
    }

    @Test
    void unsetKeysAreLeftToTheServer() {
        Reading reading = read("nbd { tls = off, queued-at-stop = disconnect, allow-plaintext-tcp = false }");

        assertEquals(List.of(), reading.faults());
        assertEquals(Map.of(), reading.nbd());
    }

    @Test
    void relativeFilesStartFromTheirConfiguration() {
        Reading reading = read(TLS + "nbd { tls-psk = keys.psk, stop-timeout = 1m, queued-at-stop = eshutdown }");

        assertEquals(List.of(), reading.faults());
        assertEquals("required", reading.nbd().get("tls"));
        assertEquals(folder.resolve("cert.pem").toString(), reading.nbd().get("tls.certificate"));
        assertEquals(folder.resolve("key.pem").toString(), reading.nbd().get("tls.key"));
        assertEquals(folder.resolve("ca.pem").toString(), reading.nbd().get("tls.client.ca"));
        assertEquals(folder.resolve("keys.psk").toString(), reading.nbd().get("tls.psk"));
        assertEquals(60_000L, reading.nbd().get("stop.millis"));
        assertEquals(true, reading.nbd().get("stop.answers"));
    }

    /** A reload passes only changes on, so a renewed certificate must count as a change. */
    @Test
    void changedFileChangesTheConfiguration() throws IOException {
        Object before = read(TLS).nbd();
        assertEquals(before, read(TLS).nbd());
        Files.writeString(folder.resolve("cert.pem"), "another");

        assertNotEquals(before, read(TLS).nbd());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tls = on | must be off, optional or required",
                "tls = required | tls-certificate and tls-key, or tls-psk, must be set",
                "tls = required, tls-certificate = cert.pem | tls-certificate and tls-key must be set together",
                "tls = optional, tls-psk = keys.psk, tls-client-ca = ca.pem | needs tls-certificate",
                "tls = optional, tls-psk = nothing.psk | must be a file that can be read",
                "tls-pks = a | unknown key; did you mean tls-psk",
                "stop-timeout = 601s | must be from 0 to 600 s",
                "stop-timeout = -1 | must be from 0 to 600 s",
                "queued-at-stop = drop | must be disconnect or eshutdown",
                "allow-plaintext-tcp = maybe | must be true or false",
                "listen = \"tcp:0.0.0.0:1\" | set nbd.tls, or nbd.allow-plaintext-tcp = true to allow this"
            })
    void faults(String settings, String rule) {
        List<String> faults = read("nbd { " + settings + " }").faults();

        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.get(0).contains(rule), faults.get(0));
        assertTrue(faults.get(0).startsWith("weir.conf:2: nbd"), faults.get(0));
    }

    @Test
    void remoteAddressNeedsTlsOrConsent() {
        assertEquals(List.of(), read(TLS + "nbd.listen = \"tcp:0.0.0.0:1\"").faults());
        Reading open = read("nbd { listen = \"tcp:0.0.0.0:1\", allow-plaintext-tcp = true }");

        assertEquals(List.of(), open.faults());
        assertEquals(1, open.warnings().size(), open.warnings().toString());
        assertTrue(
                open.warnings().get(0).contains("without TLS"), open.warnings().get(0));
    }

    @Test
    void clientsNeedAuthenticatedTls() {
        assertEquals(
                List.of("alice", "CN=b,O=c"),
                read(TLS + "drives.a.clients = [alice, \"CN=b,O=c\", alice]")
                        .drives()
                        .get(0)
                        .clients());
        for (String unprovable : List.of("", "nbd { tls = required, tls-certificate = cert.pem, tls-key = key.pem }")) {
            List<String> faults =
                    read(unprovable + "\n drives.a.clients = alice").faults();
            assertEquals(1, faults.size(), faults.toString());
            assertTrue(faults.get(0).contains("clients cannot authenticate"), faults.get(0));
        }
        assertTrue(read(TLS + "drives.a.clients = []").faults().get(0).contains("must name at least one client"));
    }
}
