package dev.weir.backend.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads a secret from a file that other users cannot read. A file of Weir's user has mode 0600 at most, a file of root
 * 0640, as databases demand it of their keys.
 */
final class SecretFile {
    private static final int MAX_BYTES = 64 << 10;
    private static final int ROOT = 0;
    private static final int FORBIDDEN = 0177;
    private static final int FORBIDDEN_FOR_ROOT = 0137;
    private static final int PERMISSIONS = 0777;

    private SecretFile() {}

    /**
     * Returns the contents without the end of the last line.
     *
     * @param option name of the option, for messages
     * @throws IOException if the file is unusable, empty or open to others; the message does not show the contents
     */
    static byte[] read(String option, Path file) throws IOException {
        try {
            if (!Files.isRegularFile(file)) {
                throw refused(option, file, Files.exists(file) ? "must be a regular file" : "is missing");
            }
            // the launcher has the same switch for the folders of the home
            if (!"false".equals(System.getProperty("weir.check-folders"))) {
                checkAccess(option, file);
            }
            try (InputStream input = Files.newInputStream(file)) {
                byte[] secret = withoutLineEnd(input.readNBytes(MAX_BYTES + 1));
                if (secret.length == 0 || secret.length > MAX_BYTES) {
                    throw refused(option, file, secret.length == 0 ? "is empty" : "has more than 64 KiB");
                }
                return secret;
            }
        } catch (NoSuchFileException e) {
            throw refused(option, file, "is missing");
        }
    }

    private static void checkAccess(String option, Path file) throws IOException {
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int owner = (int) Files.getAttribute(file, "unix:uid");
        if (owner != self && owner != ROOT) {
            throw refused(option, file, "belongs to user %d; must belong to user %d or root".formatted(owner, self));
        }
        int mode = (int) Files.getAttribute(file, "unix:mode") & PERMISSIONS;
        int forbidden = owner == ROOT ? FORBIDDEN_FOR_ROOT : FORBIDDEN;
        if ((mode & forbidden) != 0) {
            throw refused(
                    option, file, "has mode %03o; must have %03o at most".formatted(mode, PERMISSIONS & ~forbidden));
        }
    }

    private static byte[] withoutLineEnd(byte[] text) {
        int length = text.length;
        length -= length > 0 && text[length - 1] == '\n' ? 1 : 0;
        length -= length > 0 && text[length - 1] == '\r' ? 1 : 0;
        return Arrays.copyOf(text, length);
    }

    private static IOException refused(String option, Path file, String reason) {
        return new IOException("%s = %s: %s".formatted(option, file, reason));
    }
}
