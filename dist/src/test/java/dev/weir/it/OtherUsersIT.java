package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another Unix user reaches a drive only if the mode and the group of the socket allow it. */
class OtherUsersIT {
    private static final String NOBODY = "65534";
    private static final String SIZE = "1048576\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void letOtherUsersEnter() throws IOException {
        Client.need("setpriv", "nbdinfo", "getent");
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to become another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** Asks for the size of the drive as the user nobody, who is a member of one more group. */
    private Client.Result asNobody(String group, Path socket) {
        String id = Client.run("getent", "group", group).ok().out().split(":", -1)[2];
        return Client.run(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--groups=" + id,
                "nbdinfo",
                "--size",
                "nbd+unix:///vm1?socket=" + socket);
    }

    private static void assertDenied(Client.Result result) {
        assertEquals(1, result.status(), result::out);
        assertTrue(result.err().contains("Permission denied"), result::err);
    }

    @Test
    void groupOfTheSocketDecides() throws IOException {
        Path socket = folder.resolve("shared/nbd.sock");
        Path file = folder.resolve("weir.conf");
        String drive = "weir.drives.vm1.backend { type = memory, size = 1M }\nweir.nbd.listen = \"unix:%s\"\n"
                .formatted(socket);
        Files.writeString(file, drive + "weir.nbd.socket-group = daemon");
        try (Weir weir = Weir.start(folder.resolve("home"), "--config", file.toString())) {
            assertEquals(SIZE, asNobody("daemon", socket).ok().out());
            assertDenied(asNobody("games", socket));

            Files.writeString(file, drive + "weir.nbd { socket-group = games }");
            assertEquals(0, weir.exec("reload").status());
            assertTrue(weir.log().contains(obstacle(socket)), weir.log());
            assertDenied(asNobody("games", socket));
            assertTrue(weir.status().contains(obstacle(socket)), weir::status);
            assertTrue(weir.ask("reload").ok().out().contains(obstacle(socket)), "reload");
            Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
            weir.await(() -> !weir.status().contains("cannot enter"));
            assertEquals(SIZE, asNobody("games", socket).ok().out());

            Files.writeString(file, drive + "weir.nbd.socket-mode = 0600");
            assertEquals(0, weir.exec("reload").status());
            assertDenied(asNobody("daemon", socket));
        }
    }

    private static String obstacle(Path socket) {
        return "unix:%s: members of the group games cannot enter %s".formatted(socket, socket.getParent());
    }

    @Test
    void startNamesAFolderThatTheGroupCannotEnter() throws IOException {
        Path socket = Files.createDirectory(
                        folder.resolve("own"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                .resolve("nbd.sock");
        Path file = Files.writeString(
                folder.resolve("weir.conf"),
                "weir { drives.vm1.backend { type = memory, size = 1M }, nbd { listen = \"unix:%s\", socket-group = games } }"
                        .formatted(socket));
        try (Weir weir = Weir.start(folder.resolve("home"), "--config", file.toString())) {
            assertTrue(weir.errors().contains("weir: " + obstacle(socket)), weir::errors);
            assertEquals(
                    0,
                    Client.run(Weir.command(folder.resolve("home"), "status"), "")
                            .status());
        }
    }

    @Test
    void defaultIsTheOwnerAlone() {
        try (Weir weir = Weir.start(folder.resolve("home"), "-drive", "id=vm1,memory=1M")) {
            assertDenied(asNobody("root", weir.socket()));
            assertEquals(
                    SIZE, Client.run("nbdinfo", "--size", weir.uri("vm1")).ok().out());
        }
    }
}
