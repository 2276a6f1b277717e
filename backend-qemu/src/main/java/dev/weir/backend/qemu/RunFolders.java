package dev.weir.backend.qemu;

import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private folders of daemons (0700). They hold the sockets and are the working folders.
 *
 * <p>Thread-safe.
 */
final class RunFolders {
    private static final Logger LOG = LoggerFactory.getLogger(RunFolders.class);

    /** Longest path of a Unix socket on Linux (bytes). */
    private static final int MAX_SOCKET_PATH = 107;

    private static final int MAX_FOLDERS = 1_000_000;

    private static final long END_MILLIS = 10_000;

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final @Nullable Path base;
    private final long endMillis;

    /**
     * Creates folders in a folder.
     *
     * @param base folder of this Weir alone; null for the folder of temporary files
     */
    RunFolders(@Nullable Path base) {
        this(base, END_MILLIS);
    }

    /**
     * Creates folders in a folder.
     *
     * @param endMillis time that a daemon of an earlier Weir has to end
     */
    RunFolders(@Nullable Path base, long endMillis) {
        boolean fits = base != null
                && base.resolve(MAX_FOLDERS + "/" + Daemon.NBD).toString().getBytes(StandardCharsets.UTF_8).length
                        <= MAX_SOCKET_PATH;
        this.base = fits ? base : null;
        this.endMillis = endMillis;
    }

    /** Creates a folder. */
    Path create() throws IOException {
        if (base == null) {
            return Files.createTempDirectory("weir-qemu-", PRIVATE);
        }
        Files.createDirectories(base, PRIVATE);
        for (int i = 1; i < MAX_FOLDERS; i++) {
            try {
                return Files.createDirectory(base.resolve(Integer.toString(i)), PRIVATE);
            } catch (FileAlreadyExistsException e) {
                // of another drive
            }
        }
        throw new IOException(base + ": has too many folders");
    }

    /** Deletes a folder and its files. */
    void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.warn("{}: cannot be deleted: {}", folder, FailureText.of(e));
        }
    }

    /**
     * Deletes the folders of an earlier Weir, after the ends of its daemons. They had a SIGTERM when it ended. A daemon
     * that hangs is killed.
     */
    void clear() throws IOException {
        if (base == null || !Files.isDirectory(base)) {
            return;
        }
        try (Stream<Path> folders = Files.list(base)) {
            for (Path folder : folders.toList()) {
                processesIn(folder).forEach(this::end);
                delete(folder);
            }
        }
    }

    private static List<ProcessHandle> processesIn(Path folder) throws IOException {
        Path real = folder.toRealPath();
        return ProcessHandle.allProcesses()
                .filter(process -> real.equals(workingFolder(process)))
                .toList();
    }

    private static @Nullable Path workingFolder(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
        } catch (IOException e) {
            return null; // of another user, or ended
        }
    }

    private void end(ProcessHandle process) {
        try {
            process.onExit().get(endMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("kills qemu-storage-daemon {}, which an earlier Weir has left", process.pid());
            process.destroyForcibly();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
