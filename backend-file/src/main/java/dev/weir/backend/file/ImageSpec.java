package dev.weir.backend.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image as a drive asks for it.
 *
 * @param drive the drive's name
 * @param path where the file is
 * @param size how many bytes it must have; null if any will do
 * @param create whether a file that is missing or empty is made
 * @param raw whether it is served as it is, also if it looks like an image of another format
 * @param readOnly whether it is only read
 */
record ImageSpec(String drive, Path path, @Nullable Long size, boolean create, boolean raw, boolean readOnly) {

    static ImageSpec of(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        if (!(options.get("path") instanceof String name)) {
            throw new IOException("path is missing: a file drive must be given one");
        }
        Long size = (Long) options.get("size");
        if (size != null && size <= 0) {
            throw new IOException("size = " + size + ": must be 1 byte or more");
        }
        boolean create = Boolean.TRUE.equals(options.get("create"));
        if (create && size == null) {
            throw new IOException("create = true: needs a size as well");
        }
        Object format = options.get("format");
        if (format != null && !format.equals("raw")) {
            throw new IOException("format = " + format + ": must be raw, or be left out");
        }
        return new ImageSpec(drive, path(name), size, create, format != null, readOnly);
    }

    private static Path path(String name) throws IOException {
        try {
            return Path.of(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("path = " + name + ": is not a path: " + e.getReason(), e);
        }
    }

    /** Returns whether the file is made if it is missing, and filled if it is empty. */
    boolean mayCreate() {
        return create && !readOnly;
    }

    /** Returns whether its format need not be looked at: an image that Weir made is raw, whatever a guest has written to it. */
    boolean isRawForSure() {
        return raw || create;
    }

    /**
     * Returns what the file system says of the file, or null if it is missing and may be created.
     *
     * @throws IOException if there is no regular file and none may be created
     */
    @Nullable
    BasicFileAttributes attributes() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                String kind = attributes.isDirectory() ? "a directory" : "a device, pipe or socket";
                throw refused("is " + kind + "; must be a regular file");
            }
            return attributes;
        } catch (AccessDeniedException e) {
            throw refused(e);
        } catch (FileSystemException e) {
            checkFolder();
            if (!(e instanceof NoSuchFileException)) {
                throw refused(e);
            }
            if (!mayCreate()) {
                throw refused("is missing"
                        + (readOnly ? ", and a read-only drive creates none" : "; create = true makes it"));
            }
            return null;
        }
    }

    /** Looks whether the file could be created. */
    void checkCreation() throws IOException {
        Path folder = path.getParent();
        if (folder != null && !Files.isWritable(folder)) {
            throw refused("no permission to create");
        }
    }

    private void checkFolder() throws IOException {
        Path folder = path.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? " is a file" : " is missing, and folders are not created";
            throw refused("its folder " + folder + what);
        }
    }

    /** Returns the error that the image cannot be had, for this reason. */
    IOException refused(String reason) {
        return new IOException("path = " + path + ": " + reason);
    }

    /** Returns the error that the file system refused it. */
    IOException refused(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            String wanted = readOnly ? "read" : Files.notExists(path) ? "create" : "read and write";
            return new IOException("path = " + path + ": no permission to " + wanted, e);
        }
        String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        return new IOException("path = " + path + ": cannot be opened: " + reason, e);
    }
}
