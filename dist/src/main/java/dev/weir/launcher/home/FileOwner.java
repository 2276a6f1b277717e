package dev.weir.launcher.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rejects a folder or jar that other users can modify. A jar, socket or configuration of another user in it would run
 * or be used with this user's rights. The rule is that of sshd's StrictModes.
 */
public final class FileOwner {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 0777;

    private FileOwner() {}

    /**
     * Returns whether files are checked. {@code -Dweir.check-folders=false} disables it for shared volumes of a
     * container.
     */
    static boolean isChecked() {
        return !"false".equals(System.getProperty("weir.check-folders"));
    }

    /**
     * Checks a folder, or the target of a link.
     *
     * @throws StartException if its owner is neither this user nor root, or if group or others may write to it
     */
    static void check(Path folder) throws IOException, StartException {
        String fault = fault(folder);
        if (fault != null) {
            throw new StartException("%s %s, or choose another --home".formatted(folder, fault));
        }
    }

    /**
     * Checks a folder inside the home, which must not be a link.
     *
     * @throws StartException if it is a link, not a folder or fails {@link #check}
     */
    static void checkInside(Path folder) throws IOException, StartException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new StartException("%s must be a folder and not a link: replace it with a folder".formatted(folder));
        }
        check(folder);
    }

    /**
     * Returns the fault of a jar in a trusted folder, or null. The target of a link and its folder must be trusted
     * too. Its folder may be one like {@code /tmp}, where only the owner replaces a file.
     */
    public static @Nullable String faultOfJar(Path jar) throws IOException {
        if (!isChecked()) {
            return null;
        }
        Path real = jar.toRealPath();
        String fault = fault(real);
        if (fault != null) {
            return "it " + fault;
        }
        Path folder = Objects.requireNonNull(real.getParent());
        fault = (mode(folder) & STICKY) == 0 ? fault(folder) : null;
        return fault == null ? null : "it is in %s, which %s".formatted(folder, fault);
    }

    private static @Nullable String fault(Path file) throws IOException {
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int owner = (int) Files.getAttribute(file, "unix:uid");
        if (owner != self && owner != 0) {
            return untrusted(file, "belongs to user " + owner, "chown " + self);
        }
        int mode = mode(file) & PERMISSIONS;
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            return untrusted(file, "is writable by other users (mode %o)".formatted(mode), "chmod go-w");
        }
        return null;
    }

    private static int mode(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode");
    }

    private static String untrusted(Path file, String fault, String remedy) {
        return "%s, so its content cannot be trusted: %s %s".formatted(fault, remedy, file);
    }
}
