package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The socket of a server: its permissions, and a path that is in use. */
@Timeout(60)
final class ShellSocketTest {
    private final Path home;
    private final Path socket;
    private ShellServer server;

    ShellSocketTest(@TempDir Path home) throws IOException {
        this.home = home;
        socket = home.resolve("run/shell.sock");
        server = open(socket);
    }

    private static ShellServer open(Path path) throws IOException {
        Request seven = (client, out, err) -> 7;
        return ShellServer.open(path, "", frame -> seven);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void onlyTheOwnerCanOpenTheSocket() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())));
    }

    @Test
    void existingFolderBecomesPrivate() throws IOException {
        server.close();
        Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        server = open(socket);
        onlyTheOwnerCanOpenTheSocket();
    }

    @Test
    void socketIsRemovedOnClose() throws IOException {
        server.close();
        assertFalse(Files.exists(socket));
    }

    @Test
    void staleSocketIsReplaced() throws IOException {
        Path left = home.resolve("left.sock");
        ShellSocket.bind(left).channel().close();
        assertTrue(Files.exists(left));
        server.close();
        server = open(left);
        assertEquals(7, TestClient.ask(left, 'X', "greet").status());
    }

    @Test
    void liveSocketIsKept() throws IOException {
        Exception fault = assertThrows(IOException.class, () -> open(socket));
        assertEquals("cannot listen on " + socket + ": another process listens on it", fault.getMessage());
        assertEquals(7, TestClient.ask(socket, 'X', "greet").status());
    }

    @Test
    void otherFileIsKept() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "dear");
        Exception fault = assertThrows(IOException.class, () -> open(file));
        assertEquals("cannot listen on " + file + ": the file is not a socket", fault.getMessage());
        assertEquals("dear", Files.readString(file));
    }

    @Test
    void overlongPathIsReported() {
        Path path = home.resolve("x".repeat(120));
        Exception fault = assertThrows(IOException.class, () -> open(path));
        assertEquals("cannot listen on " + path + ": Unix domain path too long", fault.getMessage());
    }
}
