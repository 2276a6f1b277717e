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
 * The image that a drive's options describe.
 *
 * @param drive name of the drive
 * @param path absolute path of the file
 * @param size required size in bytes; null accepts any size
 * @param create whether a missing or empty file is created
 * @param raw whether the file is served as raw even if it looks like another format
 * @param direct whether reads and writes pass the page cache by
 * @param readOnly whether the drive is read-only
 */
record ImageSpec(
        String drive, Path path, @Nullable Long size, boolean create, boolean raw, boolean direct, boolean readOnly) {

    private static final int TYPE_BITS = 0170000;
    private static final int BLOCK_DEVICE = 0060000;

    static ImageSpec of(String drive, Map<String, Object> options, boolean readOnly) throws IOException {
        if (!(options.get("path") instanceof String name)) {
            throw new IOException("path is missing: a file drive requires it");
        }
        Long size = (Long) options.get("size");
        if (size != null && size <= 0) {
            throw new IOException("size = " + size + ": must be 1 byte or more");
        }
        boolean create = Boolean.TRUE.equals(options.get("create"));
        if (create && size == null) {
            throw new IOException("create = true: requires a size");
        }
        Object format = options.get("format");
        if (format != null && !format.equals("raw")) {
            throw new IOException("format = " + format + ": must be raw, or be left out");
        }
        Object cache = options.getOrDefault("cache", "writeback");
        if (!cache.equals("writeback") && !cache.equals("none")) {
            throw new IOException("cache = " + cache + ": must be writeback or none");
        }
        return new ImageSpec(drive, path(name), size, create, format != null, cache.equals("none"), readOnly);
    }

    private static Path path(String name) throws IOException {
        try {
            return Path.of(name).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("path = " + name + ": is not a path: " + e.getReason(), e);
        }
    }

    /** Returns whether a missing file is created and an empty file is filled. */
    boolean mayCreate() {
        return create && !readOnly;
    }

    /**
     * Returns whether the format check is skipped. An image that Weir created is raw, whatever its guest has written.
     */
    boolean isRawForSure() {
        return raw || create;
    }

    /**
     * Returns the attributes of the file, or null if it is missing and may be created.
     *
     * @throws IOException if the path is no regular file or block device, cannot be read, or is missing and must not be
     *     created
     */
    @Nullable
    BasicFileAttributes attributes() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            boolean isDevice = attributes.isOther() && isBlockDevice();
            if (!attributes.isRegularFile() && !isDevice) {
                String kind = attributes.isDirectory() ? "a directory" : "a character device, pipe or socket";
                throw refused("is " + kind + "; must be a regular file or a block device");
            }
            if (isDevice && create) {
                throw new IOException(
                        "create = true: " + path + " is a block device, which cannot be created; leave out"
                                + " create, and size on the command line");
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
                        + (readOnly ? "; a read-only drive does not create it" : "; set create = true to create it"));
            }
            return null;
        }
    }

    private boolean isBlockDevice() throws IOException {
        return ((Integer) Files.getAttribute(path, "unix:mode") & TYPE_BITS) == BLOCK_DEVICE;
    }

    /**
     * Checks that the folder permits the creation of the file.
     *
     * @throws IOException if it does not
     */
    void checkCreation() throws IOException {
        Path folder = path.getParent();
        if (folder != null && !Files.isWritable(folder)) {
            throw refused("no permission to create");
        }
    }

    private void checkFolder() throws IOException {
        Path folder = path.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? " is a file" : " is missing; create the folder first";
            throw refused("its folder " + folder + what);
        }
    }

    /** Returns an error that names the path and the reason. */
    IOException refused(String reason) {
        return new IOException("path = " + path + ": " + reason);
    }

    /** Returns an error that names the path and the reason of the file system. */
    IOException refused(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            String wanted = readOnly ? "read" : Files.notExists(path) ? "create" : "read and write";
            return new IOException("path = " + path + ": no permission to " + wanted, e);
        }
        String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
        return new IOException("path = " + path + ": cannot be opened: " + reason, e);
    }
}
