package dev.weir.launcher.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars in deploy/ that other users can change. */
class FileOwnerTest {
    private static final int OTHER = 12345;

    private Path deploy = Path.of("");
    private Path jar = Path.of("");

    @BeforeEach
    void create(@TempDir Path folder) throws IOException {
        deploy = folder;
        jar = Files.createFile(deploy.resolve("a.jar"));
        mode(jar, "rw-r--r--");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void ownJarIsTrusted() throws IOException {
        assertNull(FileOwner.faultOfJar(jar));
    }

    @Test
    void jarThatOthersMayWriteIsAFault() throws IOException {
        mode(jar, "rw-rw-rw-");
        assertEquals(
                "it is writable by other users (mode 666), so its content cannot be trusted: chmod go-w " + jar,
                FileOwner.faultOfJar(jar));
    }

    @Test
    void jarOfAnotherUserIsAFault() throws IOException {
        assumeTrue((int) Files.getAttribute(jar, "unix:uid") == 0, "only root gives files away");
        Files.setAttribute(jar, "unix:uid", OTHER);
        assertEquals(
                "it belongs to user 12345, so its content cannot be trusted: chown 0 " + jar,
                FileOwner.faultOfJar(jar));
    }

    @Test
    void targetOfALinkMustBeInATrustedFolder() throws IOException {
        Path open = Files.createDirectory(deploy.resolve("open"));
        Path target = Files.move(jar, open.resolve("b.jar"));
        Files.createSymbolicLink(jar, target);
        mode(open, "rwxrwxrwx");
        assertEquals(
                "it is in %1$s, which is writable by other users (mode 777), so its content cannot be trusted: chmod go-w %1$s"
                        .formatted(open),
                FileOwner.faultOfJar(jar));
        Files.setAttribute(open, "unix:mode", 01777); // as /tmp
        assertNull(FileOwner.faultOfJar(jar));
    }
}
