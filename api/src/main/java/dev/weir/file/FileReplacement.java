package dev.weir.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/**
 * Replaces whole files by an atomic rename. A reader or a killed process sees the old or the new content and never a
 * part. Only Weir's user may read and write the new file.
 *
 * <p>Stateless. Calls for the same file must not run together.
 */
public final class FileReplacement {
    private static final FileAttribute<?> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private FileReplacement() {}

    /**
     * Replaces a file. It may be lost if the machine crashes soon after.
     *
     * @param file the file, which need not exist
     * @param unfinished a name in the same folder for the new content until it is complete
     * @param content the new content
     * @throws IOException if the file cannot be written; the old one is still there
     */
    public static void replace(Path file, Path unfinished, byte[] content) throws IOException {
        replace(file, unfinished, content, false);
    }

    /**
     * Replaces a file so that the new content and its name survive a crash of the machine. May block as long as the
     * disk does.
     *
     * @param file the file, which need not exist
     * @param unfinished a name in the same folder for the new content until it is complete
     * @param content the new content
     * @throws IOException if the file cannot be written; the old one is still there, unless only its folder cannot be
     *     flushed
     */
    public static void replaceDurably(Path file, Path unfinished, byte[] content) throws IOException {
        replace(file, unfinished, content, true);
        flushFolder(Objects.requireNonNull(file.toAbsolutePath().getParent(), "the folder of a file"));
    }

    private static void replace(Path file, Path unfinished, byte[] content, boolean durably) throws IOException {
        Files.deleteIfExists(unfinished);
        try {
            write(unfinished, content, durably);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished); // a full disk keeps no empty files
            throw e;
        }
    }

    private static void write(Path file, byte[] content, boolean durably) throws IOException {
        try (FileChannel out =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNERS)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            if (durably) {
                out.force(true);
            }
        }
    }

    /**
     * Makes the new, renamed and deleted names of a folder durable. May block as long as the disk does.
     *
     * @param folder the folder
     * @throws IOException if it cannot be flushed
     */
    public static void flushFolder(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
