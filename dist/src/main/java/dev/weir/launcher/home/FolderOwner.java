package dev.weir.launcher.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Rejects a folder that other users can modify. A jar, socket or configuration of another user in it would run or be
 * used with this user's rights. The rule is that of sshd's StrictModes.
 */
final class FolderOwner {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int PERMISSIONS = 0777;

    private FolderOwner() {}

    /**
     * Returns whether folders are checked. {@code -Dweir.check-folders=false} disables it for shared volumes of a
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
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int owner = (int) Files.getAttribute(folder, "unix:uid");
        int mode = (int) Files.getAttribute(folder, "unix:mode") & PERMISSIONS;
        if (owner != self && owner != 0) {
            throw refused(folder, "belongs to user " + owner, "chown " + self);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw refused(folder, "is writable by other users (mode %o)".formatted(mode), "chmod go-w");
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

    private static StartException refused(Path folder, String fault, String remedy) {
        return new StartException("%s %s, so its content cannot be trusted: %s %s, or choose another --home"
                .formatted(folder, fault, remedy, folder));
    }
}
