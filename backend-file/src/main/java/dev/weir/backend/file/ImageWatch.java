package dev.weir.backend.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Detects that an open image is no longer the file at its path, or is shorter than at the open. Data written to such
 * an image would be lost at the next start.
 *
 * <p>The fault ends when the file is back at its path. A truncated file stays faulty, because its bytes are gone.
 *
 * <p>Thread-safe.
 */
final class ImageWatch {
    private final Image image;

    /** Fault found by the last {@link #look}; null without a fault. */
    private volatile @Nullable String fault;

    private volatile @Nullable String cut;

    ImageWatch(Image image) {
        this.image = image;
    }

    /**
     * Checks the file system now.
     *
     * @throws IOException if the image was deleted, moved, replaced or truncated
     */
    void look() throws IOException {
        fault = find();
        requireIntact();
    }

    /**
     * Reports the fault that the last {@link #look} found, without a system call.
     *
     * @throws IOException as {@link #look}
     */
    void requireIntact() throws IOException {
        String found = fault;
        if (found != null) {
            throw new IOException("path = " + image.path() + ": " + found);
        }
    }

    /** Returns whether the last {@link #look} found no fault. */
    boolean isIntact() {
        return fault == null;
    }

    private @Nullable String find() {
        if (cut != null) {
            return cut;
        }
        try {
            LinuxFile linux = image.linux();
            if (image.isDevice() && linux != null) {
                return cutIfSmaller(linux.size()); // whatever its name is now
            }
            BasicFileAttributes now = Files.readAttributes(image.path(), BasicFileAttributes.class);
            if (!image.identity().equals(OpenImages.identity(image.path(), now))) {
                return "was replaced by another file; new writes would be lost; move the image back or"
                        + " reopen the drive";
            }
            return cutIfSmaller(now.size());
        } catch (NoSuchFileException e) {
            return "was deleted or moved; new writes would be lost; move the image back";
        } catch (IOException e) {
            // an unreadable folder does not prove that the image has changed
            return null;
        }
    }

    private @Nullable String cutIfSmaller(long size) {
        if (size < image.size()) {
            cut = "was truncated from " + image.size() + " to " + size
                    + " bytes and lost the data beyond; restore the image and reopen the drive";
        }
        return cut;
    }
}
