package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.file.TrustedFile;
import dev.weir.log.FailureText;
import dev.weir.supervision.BoundedCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of one reading within bounds. An unbounded reading would take memory and time from the drives. Not
 * thread-safe.
 */
final class ReadFiles {
    /** Largest total size of all files (bytes). */
    static final long MAX_BYTES = 16L << 20;

    /** Largest number of files. Each include of a file counts. */
    static final int MAX_FILES = 1000;

    /** Timeout for one file (ms). A remote file system may not answer. */
    private static final long READ_MILLIS = 10_000;

    /** File systems of the kernel. Their files may be endless or block their reader, and have no size. */
    private static final Set<String> KERNEL = Set.of(
            "bpf",
            "cgroup",
            "cgroup2",
            "configfs",
            "debugfs",
            "devpts",
            "devtmpfs",
            "efivarfs",
            "mqueue",
            "proc",
            "pstore",
            "securityfs",
            "sysfs",
            "tracefs");

    private final Set<Path> watched;
    private final Map<Path, String> read = new HashMap<>();
    private long bytes;
    private int count;

    /**
     * Creates the bounds of one reading.
     *
     * @param watched receives each file that was looked for, even a missing one
     */
    ReadFiles(Set<Path> watched) {
        this.watched = watched;
    }

    void watch(Path file) {
        watched.add(file);
    }

    /** Returns the texts of the files that were read. */
    Map<Path, String> texts() {
        return read;
    }

    /**
     * Returns the text of a file.
     *
     * @throws IOException if the file may not be read; the message is the violated rule
     */
    String read(Path file) throws IOException {
        String violated = violated(file);
        if (violated != null) {
            throw new IOException(violated);
        }
        byte[] content = content(file);
        bytes += content.length;
        if (bytes > MAX_BYTES) {
            throw new IOException("is too large; at most " + (MAX_BYTES >> 20) + " MiB are read in all");
        }
        String text = new String(content, UTF_8);
        read.put(file, text);
        return text;
    }

    private @Nullable String violated(Path file) {
        if (Files.isDirectory(file)) {
            return "is a directory, not a file";
        } else if (!Files.isRegularFile(file)) {
            return "is a device, pipe or socket, not a file";
        } else if (!Files.isReadable(file)) {
            return "cannot be read: permission denied";
        } else if (isOfKernel(file)) {
            watched.remove(file); // the watch would read it
            return "is a file of the kernel, not one of a disk";
        } else if (++count > MAX_FILES) {
            return "exceeds the limit; at most " + MAX_FILES + " files are read, and each include counts";
        }
        return TrustedFile.violated(file);
    }

    private static boolean isOfKernel(Path file) {
        try {
            return KERNEL.contains(Files.getFileStore(file).type());
        } catch (IOException | SecurityException e) {
            return false; // a file system without a mount point in sight, as in some containers
        }
    }

    /** Returns the content, or one byte too much. A file may grow while it is read. */
    private byte[] content(Path file) throws IOException {
        try {
            return BoundedCalls.call(ReadFiles.class, READ_MILLIS, () -> {
                try (InputStream in = Files.newInputStream(file)) {
                    return in.readNBytes((int) (MAX_BYTES - bytes) + 1);
                }
            });
        } catch (IllegalStateException e) {
            throw new IOException("cannot be read: " + FailureText.of(e), e);
        }
    }
}
