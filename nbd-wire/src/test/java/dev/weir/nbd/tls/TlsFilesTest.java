package dev.weir.nbd.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.wire.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files from certtool, openssl and psktool and the messages for faulty files. */
class TlsFilesTest {
    private final Path folder;

    TlsFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({"server-cert.pem, server-key.pem", "server-cert.pem, server-sec1-key.pem", "rsa-cert.pem, rsa-key.pem"})
    void keysInEveryForm(String certificate, String key) throws IOException {
        TlsContext.read(new TlsFiles(TestKeys.file(certificate), TestKeys.file(key), null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "server-cert.pem, client-key.pem, the key does not belong to the certificate",
        "rsa-cert.pem, encrypted-key.pem, decrypt it with 'openssl pkey",
        "rsa-cert.pem, encrypted-rsa-key.pem, decrypt it with 'openssl pkey",
        "server-cert.pem, server-cert.pem, must hold a private key in PEM form",
        "keys.psk, server-key.pem, must hold a certificate in PEM form",
        "server-key.pem, server-key.pem, must hold a certificate in PEM form",
        "rsa-cert.pem, server-key.pem, the key is of another type than the certificate",
        "server-cert.pem, , a certificate and its key must be given together",
        ", , must have a certificate with its key"
    })
    void faultIsNamed(String certificate, String key, String why) {
        TlsFiles files = new TlsFiles(
                certificate == null ? null : TestKeys.file(certificate),
                key == null ? null : TestKeys.file(key),
                null,
                null);

        IOException fault = assertThrows(IOException.class, () -> TlsContext.read(files));

        assertTrue(String.valueOf(fault.getMessage()).contains(why), fault.getMessage());
    }

    @Test
    void missingFileIsNamed() {
        Path missing = folder.resolve("nothing.pem");
        for (TlsFiles files : List.of(
                new TlsFiles(missing, TestKeys.file("server-key.pem"), null, null),
                new TlsFiles(TestKeys.file("server-cert.pem"), missing, null, null),
                new TlsFiles(null, null, null, missing))) {
            IOException fault = assertThrows(IOException.class, () -> TlsContext.read(files));
            assertEquals(missing + ": no such file", fault.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneFileMayHoldCertificateAndKey(boolean keyFirst) throws IOException {
        String certificate = "Bag Attributes: gr\u00fcn\n" + Files.readString(TestKeys.file("server-cert.pem"));
        String key = Files.readString(TestKeys.file("server-key.pem"));
        String both = keyFirst ? key + certificate : certificate + key;
        Path file = Files.writeString(folder.resolve("both.pem"), both, StandardCharsets.ISO_8859_1);

        TlsContext.read(new TlsFiles(file, file, null, null));
    }

    @Test
    void leafMustComeBeforeItsAuthority() throws IOException {
        String chain =
                Files.readString(TestKeys.file("ca-cert.pem")) + Files.readString(TestKeys.file("server-cert.pem"));
        Path file = Files.writeString(folder.resolve("chain.pem"), chain);

        IOException fault = assertThrows(
                IOException.class,
                () -> TlsContext.read(new TlsFiles(file, TestKeys.file("server-key.pem"), null, null)));

        assertTrue(String.valueOf(fault.getMessage()).contains("must be the first in its file"), fault.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n",
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
                ""
            })
    void damagedFileIsNamed(String text) throws IOException {
        Path damaged = Files.writeString(folder.resolve("damaged.pem"), text);
        Path certificate = TestKeys.file("server-cert.pem");
        Path key = TestKeys.file("server-key.pem");
        for (TlsFiles files : List.of(
                new TlsFiles(damaged, key, null, null),
                new TlsFiles(certificate, damaged, null, null),
                new TlsFiles(certificate, key, damaged, null),
                new TlsFiles(null, null, null, damaged))) {
            TlsFileException fault = assertThrows(TlsFileException.class, () -> TlsContext.read(files));
            assertEquals(damaged, fault.file());
        }
    }

    /** A FIFO would block its reader and a device would never end. */
    @Test
    void fileSizeIsBounded() throws IOException {
        Path huge = folder.resolve("huge");
        try (FileChannel hole = FileChannel.open(huge, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            hole.write(ByteBuffer.allocate(1), 1L << 30);
        }
        for (Path file : List.of(folder, Path.of("/dev/zero"), huge)) {
            TlsFiles files = new TlsFiles(file, TestKeys.file("server-key.pem"), null, null);
            TlsFileException fault = assertThrows(TlsFileException.class, () -> TlsContext.read(files));
            assertTrue(fault.reason().startsWith("must be "), fault.reason());
        }
    }

    /** The files of both sides: a backend reads its own without a check by the configuration. */
    @Test
    void filesThatOtherUsersCanChangeAreRefused() throws IOException {
        Path open = Files.writeString(folder.resolve("open.psk"), "bob:00ff\n");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        String rule =
                "%1$s: is writable by every user (mode 666), so it cannot be trusted: chmod o-w %1$s".formatted(open);
        TlsFiles files = new TlsFiles(null, null, null, open);
        assertEquals(
                rule,
                assertThrows(TlsFileException.class, () -> TlsClientContext.read(files, "bob"))
                        .getMessage());
        assertEquals(
                rule,
                assertThrows(TlsFileException.class, () -> TlsContext.read(files))
                        .getMessage());
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw----"));
        TlsClientContext.read(files, "bob");
    }

    @Test
    void preSharedKeysByUser() throws IOException {
        Path file = Files.writeString(folder.resolve("psk"), "bob:00ff\n\n#613a62:0A\n");

        assertArrayEquals(new byte[] {0, -1}, PskFile.read(file).get(ByteBuffer.wrap("bob".getBytes(UTF_8))));
        assertArrayEquals(new byte[] {10}, PskFile.read(file).get(ByteBuffer.wrap("a:b".getBytes(UTF_8))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob", "bob:", ":00", "bob:0", "bob:xy", "#x:00", "bob:00\nbob:01"})
    void preSharedKeysThatAreNone(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("psk"), "eve:00\n" + text);

        IOException fault = assertThrows(IOException.class, () -> PskFile.read(file));

        int line = text.contains("\n") ? 3 : 2;
        assertEquals(file + ": line " + line + " must be user:hexkey, each user once", fault.getMessage());
    }

    @Test
    void certificateMatchesNameOrSubject() throws IOException, CertificateException {
        Identity alice = Identity.of(
                PemFile.certificates(TestKeys.file("client-cert.pem")).get(0));

        assertEquals("CN=alice,O=Example", alice.toString());
        for (String name : List.of("alice", "CN=alice,O=Example", "cn=alice, o=example")) {
            assertTrue(alice.isOneOf(List.of("bob", name)), name);
        }
        for (String name : List.of("Alice", "Example", "CN=alice", "O=Example,CN=alice", "=", "")) {
            assertFalse(alice.isOneOf(List.of(name)), name);
        }
        assertFalse(Identity.UNKNOWN.isOneOf(List.of("unknown", "")));
    }
}
