package dev.weir.backend.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets of a blockdev and their files. */
@Timeout(60)
class SecretsTest {
    private final Path folder;
    private final Path file;

    SecretsTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        file = write("secret", "dijkstra\n", "rw-------");
    }

    private Path write(String name, String text, String mode) throws IOException {
        Path written = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(written, PosixFilePermissions.fromString(mode));
    }

    private static QemuSpec spec(String secrets, String blockdev) throws IOException {
        return QemuSpec.of(
                "vm1", Map.of("secrets", secrets.replace('\'', '"'), "blockdev", blockdev.replace('\'', '"')), false);
    }

    private static String message(IOException e) {
        return String.valueOf(e.getMessage());
    }

    @Test
    void membersAtAnyDepthNameSecrets() throws IOException {
        Secrets secrets = spec(
                        "{'a': '/a', 'b': '/b', 'c': '/c'}",
                        "{'driver': 'qcow2', 'encrypt': {'format': 'luks', 'key-secret': 'a'}, 'file': {'driver': 'rbd',"
                                + " 'key-secret': 'b'}, 'children': [{'driver': 'iscsi', 'password-secret': 'c'}]}")
                .secrets();
        assertEquals(Map.of("a", Path.of("/a"), "b", Path.of("/b"), "c", Path.of("/c")), secrets.files());
        assertEquals(Set.of("b"), secrets.keys());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | {'driver':'http','password-secret':'p'} | blockdev.password-secret = p: must be the name of a file in secrets",
                "{'p':'/p'} | {'driver':'http','url':'http://h/'} | secrets.p: no member of blockdev such as password-secret names it",
                "{'p':'p'} | {'driver':'http','password-secret':'p'} | secrets.p = \"p\": must be the absolute path of the file with the secret",
                "{'1':'/p'} | {'driver':'http'} | secrets.1: a name is a letter and then up to 63 letters, digits, '_' or '-'",
                "{} | {'driver':'http','cookie':'key=dijkstra'} | blockdev.cookie: is a secret; use cookie-secret and secrets",
                "{} | {'driver':'raw','file':{'driver':'http','url':'http://u:dijkstra@h/'}} | blockdev.file.url: has a password in a URL; use password-secret and secrets",
            })
    void secretsOutOfPlaceAreRefused(String secrets, String blockdev, String refusal) {
        assertEquals(refusal, message(assertThrows(IOException.class, () -> spec(secrets, blockdev))));
    }

    @Test
    void userWithoutPasswordIsNoSecret() throws IOException {
        spec("{}", "{'driver': 'http', 'url': 'http://user@host:80/a:b@c'}");
    }

    @Test
    void pathHasNoSecrets() {
        assertEquals(
                "secrets: requires a blockdev that names them",
                message(assertThrows(
                        IOException.class,
                        () -> QemuSpec.of("vm1", Map.of("path", "/a", "secrets", "{\"p\":\"/p\"}"), false))));
    }

    @Test
    void onlyTheEndOfTheLastLineIsLeftOut() throws IOException {
        assertEquals("dijkstra", new String(SecretFile.read("s", file), UTF_8));
        assertEquals(" a\n", new String(SecretFile.read("s", write("two", " a\n\r\n", "r--------")), UTF_8));
    }

    private void assertRefused(String reason, Path refused) {
        IOException e = assertThrows(IOException.class, () -> SecretFile.read("secrets.p", refused));
        assertEquals("secrets.p = " + refused + ": " + reason, message(e));
    }

    @Test
    void unusableFilesAreRefused() throws IOException {
        assertRefused("is missing", folder.resolve("none"));
        assertRefused("must be a regular file", folder);
        assertRefused("is empty", write("empty", "\n", "rw-------"));
        assertRefused("has more than 64 KiB", write("long", "a".repeat(70_000), "rw-------"));
    }

    @Test
    void filesThatOthersCanReadAreRefused() throws IOException {
        boolean isRoot = (int) Files.getAttribute(file, "unix:uid") == 0;
        assertRefused(
                "has mode 604; must have %s at most".formatted(isRoot ? "640" : "600"),
                write("open", "a", "rw----r--"));
        assumeTrue(isRoot, "needs root to give files to others");
        assertEquals(1, SecretFile.read("s", write("group", "a", "rw-r-----")).length);
        Path foreign = write("foreign", "a", "rw-------");
        Files.setAttribute(foreign, "unix:uid", 1);
        assertRefused("belongs to user 1; must belong to user 0 or root", foreign);
    }

    private Path encrypted() throws IOException {
        Path image = folder.resolve("luks.img");
        String secret = "secret,id=k,format=raw,data=dijkstra";
        // qemu-img measures how long the hash takes and fails if that is less than a tick of the kernel, as with
        // SHA-256
        Images.run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "luks",
                "--object",
                secret,
                "-o",
                "key-secret=k,iter-time=10,hash-alg=sha512",
                image.toString(),
                "1M");
        return image;
    }

    @Test
    void daemonOpensAnEncryptedImage() throws Exception {
        Images.assumeQemu();
        String blockdev = "{'driver': 'luks', 'key-secret': 'k', 'file': {'driver': 'file', 'filename': '%s'}}"
                .formatted(encrypted());
        QemuSpec spec = spec("{'k': '%s'}".formatted(file), blockdev);
        Path run = Files.createDirectory(folder.resolve("run"));
        try (Daemon daemon = Daemon.start(Programs.ofEnvironment().daemon(), run, "test", line -> {})) {
            new DriveSetup(spec).serve(daemon.qmp());
        }
        write("secret", "knuth", "rw-------");
        try (Daemon daemon = Daemon.start(Programs.ofEnvironment().daemon(), run, "test", line -> {})) {
            IOException refusal = assertThrows(IOException.class, () -> new DriveSetup(spec).serve(daemon.qmp()));
            assertEquals("blockdev: Invalid password, cannot unlock any keyslot", message(refusal));
            assertFalse(message(refusal).contains("knuth"));
        }
    }
}
