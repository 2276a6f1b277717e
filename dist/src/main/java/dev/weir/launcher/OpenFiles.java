package dev.weir.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks the limit of open files: with too low a one Weir would start, and no client could connect. */
final class OpenFiles {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String NAME = "Max open files";

    /** Jars, sockets and logs take about 60; the rest is for images and clients. */
    private static final long NEEDED = 128;

    private OpenFiles() {}

    /**
     * Checks the limit of this process.
     *
     * @throws StartException if it is too low
     */
    static void check() throws StartException {
        try {
            check(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            // no such file, so no such limit is known
        }
    }

    /** Checks the limit that stands in the lines of {@code /proc/self/limits}. */
    static void check(List<String> lines) throws StartException {
        for (String line : lines) {
            if (line.startsWith(NAME)) {
                String limit = line.substring(NAME.length()).strip().split(" ", 2)[0];
                if (limit.matches("\\d{1,9}") && Long.parseLong(limit) < NEEDED) {
                    throw new StartException(
                            "the limit of open files is %s, so no client could be served: Weir needs %d, and one more for each image and client (ulimit -n, LimitNOFILE)"
                                    .formatted(limit, NEEDED));
                }
            }
        }
    }
}
