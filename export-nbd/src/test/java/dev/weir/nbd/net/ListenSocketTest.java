package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenSocketTest {
    private final Path folder;

    ListenSocketTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void folderAndSocketArePrivate() throws IOException {
        Path path = folder.resolve("a/b/nbd.sock");
        ListenSocket socket = ListenSocket.open("unix:" + path, SocketAccess.OWNER);

        assertEquals("rw-------", permissions(path));
        assertEquals("rwx------", permissions(folder.resolve("a")));
        assertEquals("rwx------", permissions(folder.resolve("a/b")));
        assertEquals("unix:" + path, socket.address());
        socket.close();
        assertFalse(Files.exists(path));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void existingFolderIsKept() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        ListenSocket.open("unix:" + folder.resolve("s"), SocketAccess.OWNER).close();

        assertEquals("rwxr-x---", permissions(folder));
    }

    @Test
    void staleSocketIsReplaced() throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));

        ListenSocket socket = ListenSocket.open("unix:" + path, SocketAccess.OWNER);

        SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        socket.close();
    }

    @Test
    void liveSocketIsKept() throws IOException {
        Path path = folder.resolve("s");
        ListenSocket first = ListenSocket.open("unix:" + path, SocketAccess.OWNER);

        assertEquals("another process listens on it", fault("unix:" + path));

        SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        first.close();
    }

    @Test
    void otherFileIsKept() throws IOException {
        Path file = Files.writeString(folder.resolve("precious"), "data");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));

        for (Path path : new Path[] {file, link, folder}) {
            assertEquals(
                    "another file that is not a socket has this path: move it or choose another path",
                    fault("unix:" + path));
        }
        assertEquals("data", Files.readString(file));
    }

    @Test
    void removesItsOwnSocketOnly() throws IOException {
        Path path = folder.resolve("s");
        ListenSocket first = ListenSocket.open("unix:" + path, SocketAccess.OWNER);
        Files.move(path, folder.resolve("moved"));
        ListenSocket second = ListenSocket.open("unix:" + path, SocketAccess.OWNER);

        first.close();

        assertTrue(Files.exists(path));
        second.close();
        assertFalse(Files.exists(path));
    }

    @Test
    void pathMayBe106BytesLong() throws IOException {
        String longest = folder + "/" + "x".repeat(106 - folder.toString().length() - 1);

        ListenSocket.open("unix:" + longest, SocketAccess.OWNER).close();

        assertEquals("the path of a Unix socket must be at most 106 bytes, not 107", fault("unix:" + longest + "x"));
    }

    @Test
    void uncreatableFolderIsAFault() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertTrue(fault("unix:" + file.resolve("s")).contains(file.toString()));
    }

    @Test
    void portInUseIsAFault() throws IOException {
        ListenSocket first = ListenSocket.open("tcp:127.0.0.1:0", SocketAccess.OWNER);

        assertEquals("Address already in use", fault(first.address()));
        first.close();
    }

    @ParameterizedTest
    @CsvSource({
        "nbd.sock,          must be unix:/path or tcp:host:port",
        "'',                must be unix:/path or tcp:host:port",
        "unix:,             'must be unix:/path, absolute'",
        "unix:relative,     'must be unix:/path, absolute'",
        "unix:/,            'must be unix:/path, absolute'",
        "tcp:,              'must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to 65535'",
        "tcp:localhost,     'must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to 65535'",
        "tcp:localhost:,    'must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to 65535'",
        "tcp:localhost:65536, 'must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to 65535'",
        "tcp:localhost:-1,  'must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to 65535'",
        "tcp:::1:10809,     'must be tcp:host:port or tcp:[ipv6]:port, the port from 0 to 65535'",
        "tcp:no.such.host.invalid:1, no such host",
    })
    void namesTheRuleThatAnAddressBreaks(String address, String fault) {
        assertEquals(fault, fault(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:127.0.0.1:0", "tcp:localhost:0", "tcp:[::1]:0"})
    void tellsThePortItHasGot(String address) throws IOException {
        ListenSocket socket = ListenSocket.open(address, SocketAccess.OWNER);

        String actual = socket.address();
        assertFalse(actual.endsWith(":0"), actual);
        assertEquals("nbd://" + actual.substring("tcp:".length()) + "/vm1", socket.uri("vm1", false));
        socket.close();
    }

    @Test
    void urisAreEncoded() throws IOException {
        ListenSocket socket = ListenSocket.open("unix:" + folder.resolve("n&b d.sock"), SocketAccess.OWNER);

        assertEquals("nbd+unix:///g%C3%B6l%20d?socket=" + folder + "/n%26b%20d.sock", socket.uri("göl d", false));
        socket.close();
        ListenSocket any = ListenSocket.open("tcp:0.0.0.0:0", SocketAccess.OWNER);
        assertTrue(any.uri("vm1", false).startsWith("nbd://localhost:"), any.uri("vm1", false));
        any.close();
    }

    private static String fault(String address) {
        return String.valueOf(assertThrows(IOException.class, () -> ListenSocket.open(address, SocketAccess.OWNER))
                .getMessage());
    }
}
