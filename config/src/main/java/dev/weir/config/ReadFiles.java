package dev.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of one reading, within bounds. A configuration needs neither many nor large files, and a reading without a
 * bound takes memory and time from the drives. Not thread-safe.
 */
final class ReadFiles {
    /** All files of a reading together. */
    static final long MAX_BYTES = 16L << 20;

    /** A file counts each time it is included. */
    static final int MAX_FILES = 1000;

    private final Set<Path> watched;
    private long bytes;
    private int count;

    /**
     * @param watched receives each file that is looked for, even if it does not exist
     */
    ReadFiles(Set<Path> watched) {
        this.watched = watched;
    }

    void watch(Path file) {
        watched.add(file);
    }

    Set<Path> watched() {
        return watched;
    }

    /** Counts a file that is about to be read. Returns the rule against reading it, or null if there is none. */
    @Nullable
    String refusal(Path file) {
        if (Files.isDirectory(file)) {
            return "is a directory, not a file";
        } else if (!Files.isRegularFile(file)) {
            return "is a device, pipe or socket, not a file";
        } else if (!Files.isReadable(file)) {
            return "cannot be read: permission denied";
        } else if (++count > MAX_FILES) {
            return "is one file too many; at most " + MAX_FILES + " are read, each as often as it is included";
        }
        try {
            bytes += Files.size(file);
        } catch (IOException e) {
            return "cannot be read: " + e.getMessage();
        }
        return bytes > MAX_BYTES ? "is too large; at most " + (MAX_BYTES >> 20) + " MiB are read in all" : null;
    }
}
