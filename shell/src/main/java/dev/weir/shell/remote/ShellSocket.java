package dev.weir.shell.remote;

import dev.weir.log.FailureText;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A Unix socket that only its owner can open (mode 0600 in a folder of mode 0700). The file exists from {@link #bind}
 * to {@link #close}.
 *
 * @param path the socket's file
 * @param channel the listening channel
 */
record ShellSocket(Path path, ServerSocketChannel channel) implements Closeable {
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");

    /**
     * Creates the socket. Replaces a stale socket of a Weir that has ended.
     *
     * @throws IOException if the path holds another file, another process listens on it, or it cannot be bound; the
     *     message names the path
     */
    static ShellSocket bind(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
        Files.setPosixFilePermissions(folder, OWNER_FOLDER);
        removeStale(path);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, OWNER_FILE);
            return new ShellSocket(path, channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + path + ": " + FailureText.of(e), e);
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isOther()) {
            throw new IOException("cannot listen on " + path + ": the file is not a socket");
        }
        if (answers(path)) {
            throw new IOException("cannot listen on " + path + ": another process listens on it");
        }
        Files.delete(path);
    }

    private static boolean answers(Path path) {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return client.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }
}
