package dev.weir.backend.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether an open image is still the file at its path, with all of its bytes. If not, what is written now is lost at the next start.
 *
 * <p>A file that is back at its path is good again. One that was cut is not, because its bytes are gone.
 *
 * <p>Thread-safe.
 */
final class ImageWatch {
    private final Image image;

    /** The fault found last; null if none was found. */
    private volatile @Nullable String fault;

    private volatile @Nullable String cut;

    ImageWatch(Image image) {
        this.image = image;
    }

    /**
     * Looks at the file system.
     *
     * @throws IOException if the image was deleted, moved, replaced or cut
     */
    void look() throws IOException {
        fault = find();
        requireIntact();
    }

    /**
     * Asks for the outcome of the last look.
     *
     * @throws IOException as {@link #look}
     */
    void requireIntact() throws IOException {
        String found = fault;
        if (found != null) {
            throw new IOException("path = " + image.path() + ": " + found);
        }
    }

    private @Nullable String find() {
        if (cut != null) {
            return cut;
        }
        try {
            BasicFileAttributes now = Files.readAttributes(image.path(), BasicFileAttributes.class);
            if (!image.identity().equals(OpenImages.identity(image.path(), now))) {
                return "was replaced by another file; what is written would be lost, so put the image back or reopen the drive";
            }
            if (now.size() < image.size()) {
                cut = "was cut from " + image.size() + " to " + now.size()
                        + " bytes, and what was behind them is lost; restore the image and reopen the drive";
            }
            return cut;
        } catch (NoSuchFileException e) {
            return "was deleted or moved; what is written would be lost, so put the image back or reopen the drive";
        } catch (IOException e) {
            // a folder that cannot be looked at now says nothing of the image
            return null;
        }
    }
}
