package dev.weir.nbd.quota;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The limit of open files of this process. A connection takes one. Without room beside the connections, the operator
 * could not connect and no image or configuration could be opened.
 */
final class OpenFiles {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String NAME = "Max open files";

    /** Files beside the connections: about 70 of the process, and images, clients of the shell and jars. */
    private static final long OTHERS = 96;

    /** Divisor of the limit for more images. */
    private static final long OTHERS_PART = 8;

    private OpenFiles() {}

    /** Returns the number of connections for which this process has room. */
    static int maxConnections() {
        try {
            return maxConnections(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            return Integer.MAX_VALUE; // without this file the limit is unknown
        }
    }

    /** Returns the number of connections by the lines of {@code /proc/self/limits}. */
    static int maxConnections(List<String> lines) {
        for (String line : lines) {
            String limit = line.startsWith(NAME)
                    ? line.substring(NAME.length()).strip().split(" ", 2)[0]
                    : "";
            if (limit.matches("\\d{1,9}")) {
                long files = Long.parseLong(limit);
                return (int) Math.max(1, files - OTHERS - files / OTHERS_PART);
            }
        }
        return Integer.MAX_VALUE;
    }
}
