package dev.weir.nbd.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.weir.log.FailureText;
import dev.weir.nbd.unix.SocketAccess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening Unix socket. Its {@link SocketAccess} sets the permissions of the socket and of a missing folder. A stale
 * socket is replaced. Any other file at its path stays and is an error.
 */
final class UnixListenSocket implements ListenSocket {
    static final String SCHEME = "unix:";

    private static final Logger LOG = LoggerFactory.getLogger(UnixListenSocket.class);

    /** Longest path that the JDK accepts (bytes). Linux allows one more. */
    private static final int MAX_PATH_BYTES = 106;

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final Path path;
    private final ServerSocketChannel channel;
    private final SocketAccess access;

    /** The file key of the socket, so that only this socket is removed; null for the socket of systemd. */
    private final @Nullable Object fileKey;

    private final AtomicLong accepted = new AtomicLong();

    private UnixListenSocket(Path path, ServerSocketChannel channel, SocketAccess access, @Nullable Object fileKey) {
        this.path = path;
        this.channel = channel;
        this.access = access;
        this.fileKey = fileKey;
    }

    static UnixListenSocket open(String pathText, SocketAccess access) throws IOException {
        Path path = path(pathText);
        ServerSocketChannel inherited = PassedSockets.of(UnixDomainSocketAddress.of(path));
        if (inherited != null) {
            LOG.info("{}{} is a socket of systemd, which sets its permissions", SCHEME, path);
            return new UnixListenSocket(path, inherited, access, null);
        }
        access.createFolder(Objects.requireNonNull(path.getParent()));
        if (Files.exists(path, NOFOLLOW_LINKS)) {
            removeStale(path);
        }
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            channel.bind(UnixDomainSocketAddress.of(path));
            SocketAccess.deny(path);
            turnAwayEarly(channel);
            return open(path, channel, access);
        } catch (IOException e) {
            Sockets.close(channel);
            throw e;
        }
    }

    private static UnixListenSocket open(Path path, ServerSocketChannel channel, SocketAccess access)
            throws IOException {
        try {
            access.allow(path);
            return new UnixListenSocket(path, channel, access, fileKey(path));
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static Path path(String text) throws IOException {
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IOException("must be unix:/path: " + e.getReason(), e);
        }
        if (!path.isAbsolute() || path.getParent() == null) {
            throw new IOException("must be unix:/path, absolute");
        }
        int bytes = text.getBytes(UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw new IOException(
                    "the path of a Unix socket must be at most " + MAX_PATH_BYTES + " bytes, not " + bytes);
        }
        return path;
    }

    private static void removeStale(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE) != SOCKET) {
            throw new IOException("another file that is not a socket has this path: move it or choose another path");
        }
        if (isAnswered(path)) {
            throw new IOException("another process listens on it");
        }
        LOG.info("{} is a stale socket of a process that ended; it is replaced", path);
        Files.deleteIfExists(path);
    }

    /** Returns whether another process listens on the socket. Only a refused connection proves that none does. */
    private static boolean isAnswered(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            LOG.debug("{} is not answered", path, e);
            return false;
        }
    }

    /** Closes connections that were accepted before the permissions were set. Until then the umask decided. */
    private static void turnAwayEarly(ServerSocketChannel channel) throws IOException {
        for (SocketChannel early = channel.accept(); early != null; early = channel.accept()) {
            Sockets.close(early);
        }
    }

    private static @Nullable Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS)
                .fileKey();
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public String address() {
        return SCHEME + path;
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public boolean has(SocketAccess wanted) {
        return access.equals(wanted);
    }

    /** Returns why the group cannot reach it. The permissions of a socket of systemd are not Weir's. */
    @Override
    public @Nullable String obstacle() {
        try {
            return fileKey == null ? null : access.obstacle(path);
        } catch (IOException e) {
            LOG.debug("{} cannot be checked: {}", address(), FailureText.of(e));
            return null;
        }
    }

    @Override
    public String uri(String drive, boolean tls) {
        return (tls ? "nbds+unix:///" : "nbd+unix:///") + ListenSocket.percentEncode(drive) + "?socket="
                + ListenSocket.percentEncode(path.toString());
    }

    @Override
    public String prepare(SocketChannel client) {
        return SCHEME + path.getFileName() + "#" + accepted.incrementAndGet();
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        Sockets.close(channel);
        try {
            if (fileKey != null && Files.exists(path, NOFOLLOW_LINKS) && Objects.equals(fileKey(path), fileKey)) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("{} could not be removed: {}", path, FailureText.of(e));
        }
    }
}
