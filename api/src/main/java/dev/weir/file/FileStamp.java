package dev.weir.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a file that change with its content. A reader compares stamps to see whether it must read the file
 * again. It takes the stamp before it reads, so that a later write counts as a change.
 *
 * <p>Immutable. A write that leaves time, size and inode equal is not seen.
 *
 * @param modified the time of the last change
 * @param size the size (bytes)
 * @param inode the identity of the file, which differs after a replacement; null if the file system has none
 */
public record FileStamp(FileTime modified, long size, @Nullable Object inode) {

    /**
     * {@return the stamp of a file now} May block as long as the disk does.
     *
     * @param file the file; a link counts as its target
     * @throws java.nio.file.NoSuchFileException if the file is missing
     * @throws IOException if its attributes cannot be read
     */
    public static FileStamp of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }
}
