package dev.weir.shell.gogo;

import dev.weir.shell.syntax.CommandFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses files that a command could read or write without an end. Commands read whole lines, and an image has none.
 * A pipe blocks its thread until another program opens it.
 */
final class ShellFiles {
    /** The longest file that a command reads (bytes). */
    static final long MOST_BYTES = 16 << 20;

    private static final Path NULL_DEVICE = Path.of("/dev/null");

    private ShellFiles() {}

    /**
     * Checks a file that a command is to read. A missing file is left to the command.
     *
     * @param name the file as the user calls it
     * @throws CommandFault if it is no regular file or longer than {@link #MOST_BYTES}
     */
    static void checkReadable(String name, Path file) throws IOException {
        checkKind(name, file);
        if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
            throw new CommandFault("%s: has %d bytes: must have %d at most; use a program outside of this shell"
                    .formatted(name, Files.size(file), MOST_BYTES));
        }
    }

    /**
     * Checks a file that a command is to write.
     *
     * @param name the file as the user calls it
     * @throws CommandFault if it exists and is no regular file
     */
    static void checkWritable(String name, Path file) {
        checkKind(name, file);
    }

    private static void checkKind(String name, Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !file.equals(NULL_DEVICE)) {
            throw new CommandFault(name + ": must be a file");
        }
    }
}
