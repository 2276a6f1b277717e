package dev.weir.cluster.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.testkit.tls.TestKeyStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    private final Path file;

    SecretTest(@TempDir Path folder) {
        file = folder.resolve("cluster.p12");
    }

    private String refused() {
        String message = String.valueOf(
                assertThrows(IOException.class, () -> Secret.context(file)).getMessage());
        return message.substring(message.indexOf(": ") + 2);
    }

    @Test
    void missingFileIsNamed() {
        assertEquals("is missing", refused());
    }

    @Test
    void fileOfAnotherKindIsRefused() throws IOException {
        Files.writeString(file, "no key");
        assertEquals("must be a PKCS #12 file with the password changeit", refused());
    }

    @Test
    void fileThatOthersCanChangeIsRefused() throws IOException {
        Files.writeString(file, "no key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertEquals(
                "is writable by every user (mode 666), so it cannot be trusted: chmod o-w " + file.toRealPath(),
                refused());
    }

    @Test
    void storeWithoutPrivateKeyIsRefused() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("weir", new SecretKeySpec(new byte[16], "AES"), "changeit".toCharArray(), null);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        assertEquals("has no private key with its certificate; make one with keytool -genkeypair", refused());
    }

    /** A chain may have a certificate of others, whose keys must not open the cluster. */
    @Test
    void onlyCertificatesOfItsKeysAreTrusted() throws Exception {
        Path folder = Objects.requireNonNull(file.getParent());
        KeyStore own = Secret.store(TestKeyStore.in(folder, "cluster.p12"));
        own.setCertificateEntry(
                "other", Secret.store(TestKeyStore.in(folder, "other.p12")).getCertificate("weir"));
        KeyStore trusted = Secret.trusted(file, own);
        assertEquals(List.of("weir"), Collections.list(trusted.aliases()));
        assertEquals(own.getCertificate("weir"), trusted.getCertificate("weir"));
    }

    @Test
    void longFileIsRefused() throws IOException {
        Files.write(file, new byte[(1 << 20) + 1]);
        assertEquals("must have 1048576 bytes at most", refused());
    }
}
