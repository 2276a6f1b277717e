package dev.weir.file;

import dev.weir.log.FailureText;
import dev.weir.log.PlainText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Detects files that other users can change: configurations, which name files that are read and written with the
 * rights of Weir's user, and keys. The rule is that of ssh for its configuration. Members of the file's group may write
 * because the operator chooses them.
 *
 * <p>Thread-safe.
 */
public final class TrustedFile {
    private static final int WRITABLE_BY_ALL = 0002;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 0777;

    private TrustedFile() {}

    /**
     * {@return the rule that a file violates; null if only this user, root and the group can change it} The system
     * property {@code weir.check-folders=false} switches the check off. May block.
     *
     * @param file the file; a link counts as its target
     */
    public static @Nullable String violated(Path file) {
        // the launcher has the same switch for the folders of the home
        if ("false".equals(System.getProperty("weir.check-folders"))) {
            return null;
        }
        try {
            Path real = file.toRealPath();
            Path folder = Objects.requireNonNullElse(real.getParent(), real);
            int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            int owner = (int) Files.getAttribute(real, "unix:uid");
            if (owner != self && owner != 0) {
                return "belongs to user %d, so it cannot be trusted: chown %d %s".formatted(owner, self, shown(real));
            }
            return isWritableByAll(real) ? writable(real) : violatedByFolder(folder);
        } catch (IOException e) {
            return "cannot be read: " + FailureText.of(e);
        }
    }

    /**
     * {@return the content of a file} May block as long as the disk does.
     *
     * @param file the file; a link counts as its target
     * @param mostBytes the longest content (bytes)
     * @throws java.nio.file.NoSuchFileException if the file is missing
     * @throws IOException if it is not a regular file, violates the rule, is too long or cannot be read; the message
     *     has the rule without the file
     */
    public static byte[] read(Path file, int mostBytes) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("must be a file"); // opening a pipe would wait for a writer
        }
        String violated = Files.exists(file) ? violated(file) : null;
        if (violated != null) {
            throw new IOException(violated);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(mostBytes + 1);
            if (content.length > mostBytes) {
                throw new IOException("must have %d bytes at most".formatted(mostBytes));
            }
            return content;
        }
    }

    private static @Nullable String violatedByFolder(Path folder) throws IOException {
        boolean isSticky = ((int) Files.getAttribute(folder, "unix:mode") & STICKY) != 0;
        return isWritableByAll(folder) && !isSticky ? "is in a folder that " + writable(folder) : null;
    }

    private static boolean isWritableByAll(Path file) throws IOException {
        return ((int) Files.getAttribute(file, "unix:mode") & WRITABLE_BY_ALL) != 0;
    }

    private static String writable(Path file) throws IOException {
        int mode = (int) Files.getAttribute(file, "unix:mode") & PERMISSIONS;
        return "is writable by every user (mode %o), so it cannot be trusted: chmod o-w %s"
                .formatted(mode, shown(file));
    }

    private static String shown(Path file) {
        return PlainText.of(file.toString());
    }
}
