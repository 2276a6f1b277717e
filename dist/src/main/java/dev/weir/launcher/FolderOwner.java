package dev.weir.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Refuses a folder that other users could change. A jar, a socket or a configuration that they put there would run or
 * be used as this user. The rule is that of sshd's StrictModes.
 */
final class FolderOwner {
    private static final int WRITABLE_BY_OTHERS = 0022;
    private static final int PERMISSIONS = 0777;

    private FolderOwner() {}

    /** Returns whether folders are checked: {@code -Dweir.check-folders=false} is for shared volumes of a container. */
    static boolean isChecked() {
        return !"false".equals(System.getProperty("weir.check-folders"));
    }

    /**
     * Checks a folder, or where a link leads.
     *
     * @throws StartException if it belongs to another user than this one and root, or others may write to it
     */
    static void check(Path folder) throws IOException, StartException {
        int self = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int owner = (int) Files.getAttribute(folder, "unix:uid");
        int mode = (int) Files.getAttribute(folder, "unix:mode") & PERMISSIONS;
        if (owner != self && owner != 0) {
            throw refused(folder, "belongs to user " + owner, "chown " + self);
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            throw refused(folder, "may be written to by other users (mode %o)".formatted(mode), "chmod go-w");
        }
    }

    /** Checks a folder inside of the home, which may not be a link. */
    static void checkInside(Path folder) throws IOException, StartException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new StartException("%s is a link or no folder: replace it by a folder".formatted(folder));
        }
        check(folder);
    }

    private static StartException refused(Path folder, String fault, String remedy) {
        return new StartException("%s %s, so its content cannot be trusted: %s %s, or choose another --home"
                .formatted(folder, fault, remedy, folder));
    }
}
