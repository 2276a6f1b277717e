package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Permissions and groups of Unix sockets and of their folders. */
final class SocketAccessTest {
    private final Path folder;

    SocketAccessTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({"0600, rw-------, rwx------", "0660, rw-rw----, rwx--x---", "0666, rw-rw-rw-, rwx--x--x"})
    void socketAndNewFoldersHaveTheMode(String mode, String socket, String newFolder) throws IOException {
        Path path = folder.resolve("new/run/s");

        ListenSocket open = ListenSocket.open("unix:" + path, new SocketAccess(mode, ""));

        assertEquals(socket, permissions(path));
        assertEquals(newFolder, permissions(folder.resolve("new")));
        assertEquals(newFolder, permissions(folder.resolve("new/run")));
        open.close();
    }

    @Test
    void existingFolderIsUnchanged() throws IOException {
        String before = permissions(folder);

        ListenSocket.open("unix:" + folder.resolve("s"), new SocketAccess("0666", ""))
                .close();

        assertEquals(before, permissions(folder));
    }

    @Test
    void socketAndNewFolderHaveTheGroup() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may give a file to any group");
        Path path = folder.resolve("new/s");

        ListenSocket open = ListenSocket.open("unix:" + path, new SocketAccess("0660", "daemon"));

        assertEquals("daemon", attributes(path).group().getName());
        assertEquals("daemon", attributes(folder.resolve("new")).group().getName());
        open.close();
    }

    @Test
    void unknownGroupLeavesNoSocket() {
        Path path = folder.resolve("s");

        IOException fault = assertThrows(
                IOException.class, () -> ListenSocket.open("unix:" + path, new SocketAccess("0660", "no-such-group"))
                        .close());

        assertEquals("no-such-group is not a group of this machine", fault.getMessage());
        assertFalse(Files.exists(path));
    }

    @Test
    void closedFolderIsAnObstacle() throws IOException {
        Path closed = Files.createDirectory(
                folder.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path socket = Files.createFile(closed.resolve("s"));
        String group = attributes(socket).group().getName();

        String obstacle = new SocketAccess("0660", "").obstacle(socket);

        String text = "members of the group %s cannot enter %s, which has the permissions rwx------ and the group %s";
        assertEquals(text.formatted(group, closed, group), obstacle);
        assertNull(SocketAccess.OWNER.obstacle(socket));
    }

    @Test
    void folderOfTheGroupIsNoObstacle() throws IOException {
        Path socket = Files.createFile(folder.resolve("s"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x---"));

        String forGroup = new SocketAccess("0660", "").obstacle(socket);
        String forAll = new SocketAccess("0666", "").obstacle(socket);

        assertFalse(String.valueOf(forGroup).contains(folder.toString()), forGroup);
        assertTrue(String.valueOf(forAll).startsWith("other users cannot enter " + folder), forAll);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(attributes(file).permissions());
    }

    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class);
    }
}
