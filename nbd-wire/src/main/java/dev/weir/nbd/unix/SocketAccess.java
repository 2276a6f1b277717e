package dev.weir.nbd.unix;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users of this machine that may connect to a Unix socket. Immutable.
 *
 * @param mode {@code 0600} for the owner, {@code 0660} for a group too, {@code 0666} for all users
 * @param group name of the socket's group. If empty, the socket keeps the group that the system gives it.
 */
public record SocketAccess(String mode, String group) {
    /** Access for the owner alone. */
    public static final SocketAccess OWNER = new SocketAccess("0600", "");

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private boolean isForGroup() {
        return !mode.equals(OWNER.mode);
    }

    private boolean isForAll() {
        return mode.equals("0666");
    }

    /** Denies other users a bound socket. Until then the umask decides. */
    public static void deny(Path socket) throws IOException {
        Files.setPosixFilePermissions(socket, OWNER_ONLY);
    }

    /**
     * Gives a bound socket its group and mode.
     *
     * @throws IOException if the group does not exist or this user may not give it away
     */
    public void allow(Path socket) throws IOException {
        setGroup(socket);
        Set<PosixFilePermission> permissions = EnumSet.copyOf(OWNER_ONLY);
        if (isForGroup()) {
            permissions.add(PosixFilePermission.GROUP_READ);
            permissions.add(PosixFilePermission.GROUP_WRITE);
        }
        if (isForAll()) {
            permissions.add(PosixFilePermission.OTHERS_READ);
            permissions.add(PosixFilePermission.OTHERS_WRITE);
        }
        Files.setPosixFilePermissions(socket, permissions);
    }

    /** Creates a missing folder and its missing parents. Users of the socket can enter but not list them. */
    public void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            createFolder(parent);
        }
        // createDirectories accepts a folder that another process has created meanwhile
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        if (isForGroup()) {
            setGroup(folder);
            Set<PosixFilePermission> permissions = EnumSet.copyOf(FOLDER);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            if (isForAll()) {
                permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            }
            Files.setPosixFilePermissions(folder, permissions);
        }
    }

    private void setGroup(Path file) throws IOException {
        if (group.isEmpty()) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        GroupPrincipal wanted = group(file);
        // a confined service may not call chown, not even to change nothing
        if (!view.readAttributes().group().equals(wanted)) {
            try {
                view.setGroup(wanted);
            } catch (FileSystemException e) {
                String rule = "the group of %s cannot be set to %s: %s; only root and members of the group may set it"
                        .formatted(file, group, Objects.requireNonNullElse(e.getReason(), "permission denied"));
                throw new IOException(rule, e);
            }
        }
    }

    private GroupPrincipal group(Path file) throws IOException {
        try {
            return file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException(group + " is not a group of this machine", e);
        }
    }

    /** Returns why the group or the other users cannot reach a socket, or null if they can. */
    public @Nullable String obstacle(Path socket) throws IOException {
        if (!isForGroup()) {
            return null;
        }
        GroupPrincipal own = attributes(socket).group();
        for (Path folder = socket.getParent(); folder != null; folder = folder.getParent()) {
            PosixFileAttributes attributes = attributes(folder);
            Set<PosixFilePermission> permissions = attributes.permissions();
            boolean isEntered = permissions.contains(PosixFilePermission.OTHERS_EXECUTE)
                    || (!isForAll()
                            && permissions.contains(PosixFilePermission.GROUP_EXECUTE)
                            && attributes.group().equals(own));
            if (!isEntered) {
                String users = isForAll() ? "other users" : "members of the group " + own.getName();
                return "%s cannot enter %s, which has the permissions %s and the group %s"
                        .formatted(
                                users,
                                folder,
                                PosixFilePermissions.toString(permissions),
                                attributes.group().getName());
            }
        }
        return null;
    }

    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class);
    }
}
