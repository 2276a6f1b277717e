package dev.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the files of a reading. An unbounded reading would take memory and time from the drives. Not thread-safe.
 */
final class ReadFiles {
    /** Largest total size of all files (bytes). */
    static final long MAX_BYTES = 16L << 20;

    /** Largest number of files. Each include of a file counts. */
    static final int MAX_FILES = 1000;

    private final Set<Path> watched;
    private final Set<Path> read = new HashSet<>();
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

    /** Returns the files that were not refused. */
    Set<Path> read() {
        return read;
    }

    /** Counts a file before it is read. Returns the violated rule, or null if the file may be read. */
    @Nullable
    String refusal(Path file) {
        if (Files.isDirectory(file)) {
            return "is a directory, not a file";
        } else if (!Files.isRegularFile(file)) {
            return "is a device, pipe or socket, not a file";
        } else if (!Files.isReadable(file)) {
            return "cannot be read: permission denied";
        } else if (++count > MAX_FILES) {
            return "exceeds the limit; at most " + MAX_FILES + " files are read, and each include counts";
        }
        try {
            bytes += Files.size(file);
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
        if (bytes > MAX_BYTES) {
            return "is too large; at most " + (MAX_BYTES >> 20) + " MiB are read in all";
        }
        read.add(file);
        return null;
    }
}
