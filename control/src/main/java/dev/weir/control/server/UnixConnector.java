package dev.weir.control.server;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.weir.nbd.unix.InheritedSocket;
import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * A connector on a Unix socket. The socket is created in a private folder and moved to its place once its permissions
 * are set, so no other user can connect before. It replaces a stale socket but no other file.
 */
final class UnixConnector extends UnixDomainServerConnector {
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final Path place;
    private final SocketAccess access;
    private volatile @Nullable Object fileKey;

    UnixConnector(Server server, Path place, SocketAccess access, ConnectionFactory http) {
        super(server, 1, 1, http);
        this.place = place;
        this.access = access;
    }

    @Override
    protected void doStart() throws Exception {
        if (InheritedSocket.of(UnixDomainSocketAddress.of(place)) != null) {
            setUnixDomainPath(place.resolveSibling(".no-" + place.getFileName())); // Jetty deletes it at the end
            setInheritChannel(true); // systemd sets the permissions and keeps the file
            super.doStart();
            return;
        }
        Path folder = Objects.requireNonNull(place.getParent());
        access.createFolder(folder);
        if (Files.exists(place, NOFOLLOW_LINKS)) {
            removeStale();
        }
        Path hidden = Files.createTempDirectory(
                folder, ".api", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path made = hidden.resolve("s");
        try {
            setUnixDomainPath(made);
            super.doStart();
            access.allow(made);
            fileKey = key(made);
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
            Files.deleteIfExists(hidden);
        }
    }

    private void removeStale() throws IOException {
        int mode = (Integer) Files.getAttribute(place, "unix:mode", NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE) != SOCKET) {
            throw new IOException("another file that is not a socket has this path: move it or choose another path");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(place));
        } catch (IOException e) {
            Files.deleteIfExists(place);
            return;
        }
        throw new IOException("another process listens on it");
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Returns why users that its permissions allow cannot reach it, or null if they can. */
    @Nullable
    String obstacle() {
        try {
            return fileKey == null ? null : access.obstacle(place); // systemd sets the permissions of its sockets
        } catch (IOException e) {
            return null; // the socket is being closed
        }
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        if (fileKey != null && Files.exists(place, NOFOLLOW_LINKS) && Objects.equals(key(place), fileKey)) {
            Files.delete(place);
        }
    }
}
