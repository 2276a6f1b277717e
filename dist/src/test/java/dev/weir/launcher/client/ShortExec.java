package dev.weir.launcher.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** {@code ./weir exec} without a separate process, for tests with a thousand calls. */
public final class ShortExec {
    private ShortExec() {}

    /** Executes a line in the Weir that runs in a home and returns the exit status. */
    public static int execute(Path home, String line, OutputStream out, OutputStream err) throws IOException {
        return new ShellClient(home, out, err, 0).execute(line);
    }
}
