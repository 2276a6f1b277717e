package dev.weir.launcher.run;

import dev.weir.launcher.home.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks the limit of open files. With a limit below the minimum, Weir would start but accept no client. */
final class OpenFiles {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String NAME = "Max open files";

    /** Minimum limit. Jars, sockets and logs take about 60 descriptors; the rest is for images and clients. */
    private static final long NEEDED = 128;

    private OpenFiles() {}

    /**
     * Checks the limit of this process.
     *
     * @throws StartException if the limit is too low
     */
    static void check() throws StartException {
        try {
            check(Files.readAllLines(LIMITS));
        } catch (IOException e) {
            // without this file the limit is unknown
        }
    }

    /**
     * Checks the limit in the lines of {@code /proc/self/limits}.
     *
     * @throws StartException if the limit is too low
     */
    static void check(List<String> lines) throws StartException {
        for (String line : lines) {
            if (line.startsWith(NAME)) {
                String limit = line.substring(NAME.length()).strip().split(" ", 2)[0];
                if (limit.matches("\\d{1,9}") && Long.parseLong(limit) < NEEDED) {
                    throw new StartException(
                            "the limit of open files is %s, too low to serve clients: Weir needs %d, and one more for each image and client (ulimit -n, LimitNOFILE)"
                                    .formatted(limit, NEEDED));
                }
            }
        }
    }
}
