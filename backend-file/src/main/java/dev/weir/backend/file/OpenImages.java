package dev.weir.backend.file;

import dev.weir.unit.Measure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registry of the images that this process has open. A writable image belongs to one drive; several drives may share
 * a read-only image. An open image is {@linkplain ImageLock locked} against other processes.
 *
 * <p>The JDK takes POSIX record locks, which belong to the process. A process loses all its record locks on a file
 * when it closes any descriptor of that file. This class therefore never opens a file twice, not even to test whether
 * it is locked.
 *
 * <p>Thread-safe: opens and closes one image at a time.
 */
final class OpenImages {
    private static final Logger LOG = LoggerFactory.getLogger(OpenImages.class);

    private static final FileAttribute<?>[] PRIVATE = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };

    private static final long MAX_BLOCK = 1 << 20;

    /** Alignment of direct I/O to files (bytes): the largest logical block size of common disks. */
    private static final int FILE_UNIT = 4096;

    /** Open images and the number of their drives, by file identity. Guarded by this. */
    private final Map<Object, Shared> images = new HashMap<>();

    /**
     * Images that were gone when their drive closed. They are not recreated: an empty disk in the place of one that
     * was moved would look like a loss of all data to its guest. Guarded by this.
     */
    private final Set<Path> lost = new HashSet<>();

    private static final class Shared {
        private final Image image;
        private int drives = 1;

        Shared(Image image) {
            this.image = image;
        }
    }

    synchronized Image open(ImageSpec spec) throws IOException {
        BasicFileAttributes attributes = spec.attributes();
        Shared shared = attributes == null ? null : images.get(identity(spec.path(), attributes));
        if (attributes == null) {
            requireNotLost(spec);
        }
        if (shared == null) {
            Image image = openAndLock(spec, attributes == null, true);
            lost.remove(spec.path());
            images.put(image.identity(), new Shared(image));
            return image;
        }
        if (!spec.readOnly() || !shared.image.readOnly()) {
            throw spec.refused("is in use by drive " + shared.image.drive());
        }
        if (spec.direct() != (shared.image.direct() != null)) {
            throw spec.refused("is in use by drive " + shared.image.drive() + " with another cache mode");
        }
        checkContent(spec, shared.image.channel(), shared.image.size(), shared.image.isDevice());
        shared.drives++;
        return shared.image;
    }

    /**
     * Checks whether an image could be opened. An image that is open here only has its content checked, because its
     * drive may close it before the open.
     *
     * @throws IOException if the image cannot be opened
     */
    synchronized void check(ImageSpec spec) throws IOException {
        BasicFileAttributes attributes = spec.attributes();
        if (attributes == null) {
            requireNotLost(spec);
            spec.checkCreation();
            return;
        }
        Shared shared = images.get(identity(spec.path(), attributes));
        if (shared != null) {
            checkContent(spec, shared.image.channel(), shared.image.size(), shared.image.isDevice());
        } else if (attributes.size() > 0 || !spec.mayCreate()) {
            openAndLock(spec, false, false).close();
        }
    }

    synchronized void close(Image image) throws IOException {
        Shared shared = images.get(image.identity());
        if (shared != null && --shared.drives == 0) {
            images.remove(image.identity());
            if (Files.notExists(image.path())) {
                lost.add(image.path());
            }
            shared.image.close();
        }
    }

    private void requireNotLost(ImageSpec spec) throws IOException {
        if (lost.contains(spec.path())) {
            throw spec.refused(
                    "was deleted or moved while a drive used it; move the image back, or create an empty file"
                            + " in its place for a new disk");
        }
    }

    /**
     * Opens an image.
     *
     * @param isOpened whether a drive uses it; a mere check changes nothing of the file
     */
    private static Image openAndLock(ImageSpec spec, boolean isMissing, boolean isOpened) throws IOException {
        AsynchronousFileChannel channel = openChannel(spec);
        LinuxFile linux = null;
        try {
            Path path = spec.path();
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            boolean isDevice = attributes.isOther();
            Object identity = identity(path, attributes);
            linux = LinuxFile.open(spec, identity, isDevice);
            ImageLock.take(spec, channel, linux);
            boolean isEmpty = spec.mayCreate() && channel.size() == 0;
            if (isEmpty) {
                fill(spec, channel, isMissing);
            }
            long found = channel.size();
            checkContent(spec, channel, found, isDevice);
            long size = isOpened ? grown(spec, channel, linux, found) : found;
            if (isOpened) {
                prepare(spec, linux, size, isEmpty);
            }
            DirectIo direct = linux == null || !spec.direct()
                    ? null
                    : new DirectIo(linux, isDevice ? linux.blockSize() : FILE_UNIT);
            return new Image(path, identity, channel, linux, direct, size, spec.readOnly(), spec.drive());
        } catch (IOException | RuntimeException e) {
            if (linux != null) {
                linux.close();
            }
            channel.close();
            throw e;
        }
    }

    private static void checkContent(ImageSpec spec, AsynchronousFileChannel channel, long size, boolean isDevice)
            throws IOException {
        checkSize(spec, size, isDevice);
        RawCheck.check(spec, channel, size);
    }

    /** Grows a file to a larger size that its drive wants. Returns the size of the file then. */
    private static long grown(ImageSpec spec, AsynchronousFileChannel channel, @Nullable LinuxFile linux, long size)
            throws IOException {
        Long wanted = spec.size();
        if (wanted == null || wanted <= size) {
            return size;
        }
        ImageResize.grow(channel, linux, size, wanted);
        LOG.info(
                "drive {}: {} has grown from {} to {}",
                spec.drive(),
                spec.path(),
                Measure.sizeText(size),
                Measure.sizeText(wanted));
        return wanted;
    }

    private static void prepare(ImageSpec spec, @Nullable LinuxFile linux, long size, boolean isNew)
            throws IOException {
        if (linux != null && !spec.readOnly()) {
            linux.probe(size);
            if (isNew) {
                freeLastBlock(linux, size);
            }
        }
    }

    /** Opens the image. Creates a missing file with permissions for its owner only. */
    private static AsynchronousFileChannel openChannel(ImageSpec spec) throws IOException {
        Set<OpenOption> how = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (!spec.readOnly()) {
            how.add(StandardOpenOption.WRITE);
        }
        if (spec.mayCreate()) {
            how.add(StandardOpenOption.CREATE);
        }
        try {
            boolean isPosix =
                    spec.path().getFileSystem().supportedFileAttributeViews().contains("posix");
            return AsynchronousFileChannel.open(
                    spec.path(), how, CallerThread.INSTANCE, isPosix ? PRIVATE : new FileAttribute<?>[0]);
        } catch (FileSystemException e) {
            throw spec.refused(e);
        }
    }

    /**
     * Gives an empty file its size; all bytes are zero. The size changes in one step. After a crash the file is
     * either empty and filled at the next open, or complete.
     */
    private static void fill(ImageSpec spec, AsynchronousFileChannel channel, boolean isNew) throws IOException {
        long size = Objects.requireNonNull(spec.size());
        try {
            ChannelIo.write(channel, ByteBuffer.allocate(1), size - 1);
            channel.force(true);
            syncFolder(spec.path());
        } catch (IOException e) {
            if (isNew) {
                Files.deleteIfExists(spec.path());
            }
            throw new IOException(
                    "size = " + Measure.sizeText(size) + ": " + spec.path() + " cannot be made that large: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Frees the last block, which the write of the last byte has allocated. Block sizes are unknown, so the hole
     * covers {@link #MAX_BLOCK} bytes.
     */
    private static void freeLastBlock(LinuxFile linux, long size) throws IOException {
        long start = (size - 1) / MAX_BLOCK * MAX_BLOCK;
        linux.punchHole(start, MAX_BLOCK);
    }

    /** Syncs the folder: a new file survives a crash only if its directory entry does. */
    private static void syncFolder(Path path) throws IOException {
        Path folder = path.toRealPath().getParent();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Checks the size of an existing file. A larger one can be given to it; a smaller one would lose data. */
    private static void checkSize(ImageSpec spec, long actual, boolean isDevice) throws IOException {
        Long size = spec.size();
        if (actual == 0 && size == null) {
            throw spec.refused("is empty; must have 1 byte or more");
        }
        if (size == null || size == actual) {
            return;
        }
        String has = "size = " + Measure.sizeText(size) + ": " + spec.path() + " has " + Measure.sizeText(actual)
                + "; must ";
        if (size < actual && !isDevice && !spec.readOnly()) {
            throw new IOException(has + "not be less, which would lose data; shrink the running drive with \"resize "
                    + spec.drive() + " " + Measure.sizeText(size) + " --shrink\", or leave size out");
        }
        if (isDevice || spec.readOnly() || actual == 0) {
            throw new IOException(has + "be the same, or be left out");
        }
    }

    /** Returns the identity of a file: equal for all its names, different for every other file. */
    static Object identity(Path path, BasicFileAttributes attributes) throws IOException {
        Object key = attributes.fileKey();
        return key == null ? path.toRealPath() : key;
    }
}
