package dev.weir.backend.file;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A drive in a raw image or a block device: byte n of the drive is byte n of the file.
 *
 * <p>A flush is fdatasync. That suffices because a change of the size is synced by itself and the block map counts as
 * data; only timestamps are left out. After a failed flush all later flushes fail too. The kernel drops the pages it
 * could not write and would report the next fdatasync as a success.
 *
 * <p>A trim punches a hole. A write-zeroes request punches a hole if it may unmap; otherwise it keeps or allocates
 * the blocks. Without support of the system and the file system a trim does nothing, zeroes are written and the block
 * status is all data.
 *
 * <p>A deleted, replaced or truncated image refuses writes and flushes; see {@link ImageWatch}.
 *
 * <p>Thread-safe. Design: {@code docs/design/decisions/009-file-backend.md}.
 */
final class FileBackend implements HintedBackend {
    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final Image image;
    private final OpenImages images;
    private final ImageWatch watch;
    private volatile @Nullable IOException failedFlush;

    /**
     * On tmpfs, held by operations that may keep the kernel's lock of the file for long. A write that must not wait
     * takes it at once or not at all. Null on other file systems.
     */
    private final @Nullable ReadWriteLock inMemory;

    FileBackend(Image image, OpenImages images) {
        this.image = image;
        this.images = images;
        watch = new ImageWatch(image);
        LinuxFile linux = image.linux();
        boolean isInMemory = linux != null && image.direct() == null && linux.isInMemory();
        inMemory = isInMemory ? new ReentrantReadWriteLock() : null;
    }

    @Override
    public long size() {
        return image.size();
    }

    @Override
    public boolean mayBlock() {
        return true;
    }

    @Override
    public int blockSize() {
        return image.blockSize();
    }

    /** Linux serializes buffered writes to one file. On tmpfs most of them need no worker. */
    @Override
    public boolean writesInTurn() {
        return image.direct() == null && !image.isDevice() && inMemory == null;
    }

    @Override
    public void read(ByteBuffer destination, long offset) throws IOException {
        int position = destination.position();
        DirectIo direct = image.direct();
        boolean isWhole = direct == null
                ? ChannelIo.read(image.channel(), destination, offset)
                : direct.read(destination, offset);
        if (!isWhole) {
            long end = offset + destination.position() - position;
            throw new IOException(image.path() + " ends at byte " + end + ": had " + image.size()
                    + " bytes at the open and was truncated since");
        }
    }

    @Override
    public boolean readNow(ByteBuffer destination, long offset) {
        LinuxFile linux = image.linux();
        return linux != null && image.direct() == null && linux.readCached(destination, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        watch.requireIntact();
        try {
            alone(() -> writeBytes(source, offset));
        } catch (IOException e) {
            throw known(e, source.remaining());
        }
    }

    @Override
    public boolean writeNow(ByteBuffer source, long offset) {
        LinuxFile linux = image.linux();
        if (linux == null
                || inMemory == null
                || !watch.isIntact()
                || !inMemory.readLock().tryLock()) {
            return false;
        }
        try {
            return linux.writeCached(source, offset);
        } finally {
            inMemory.readLock().unlock();
        }
    }

    /** Writes past the page cache if asked for, except the last bytes of a file that are no whole block. */
    private boolean writeBytes(ByteBuffer source, long offset) throws IOException {
        DirectIo direct = image.direct();
        long directEnd = direct == null ? 0 : image.size() & -direct.unit();
        int bytes = (int) Math.max(0, Math.min(source.remaining(), directEnd - offset));
        if (direct != null && bytes > 0) {
            int position = source.position();
            direct.write(source.slice(position, bytes), offset);
            source.position(position + bytes);
        }
        ChannelIo.write(image.channel(), source, offset + bytes);
        return true;
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
        watch.requireIntact();
        LinuxFile linux = image.linux();
        boolean done = linux != null
                && change(() -> (mayUnmap && linux.punchHole(offset, length)) || linux.zeroRange(offset, length));
        if (!done) {
            writeZeroBytes(offset, length);
        }
    }

    /** Changes a range while no write of a partial block could undo the change. */
    private boolean change(Change change) throws IOException {
        DirectIo direct = image.direct();
        if (direct == null) {
            return alone(change);
        }
        direct.wholeBlocks().lock();
        try {
            return change.run();
        } finally {
            direct.wholeBlocks().unlock();
        }
    }

    /** Excludes writes that must not wait for the kernel's lock of the file. */
    private boolean alone(Change change) throws IOException {
        if (inMemory == null) {
            return change.run();
        }
        inMemory.writeLock().lock();
        try {
            return change.run();
        } finally {
            inMemory.writeLock().unlock();
        }
    }

    @FunctionalInterface
    private interface Change {
        boolean run() throws IOException;
    }

    private void writeZeroBytes(long offset, long length) throws IOException {
        long end = offset + length;
        for (long at = offset; at < end; at += ZEROES.capacity()) {
            write(ZEROES.duplicate().limit((int) Math.min(ZEROES.capacity(), end - at)), at);
        }
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        LinuxFile linux = image.linux();
        return linux != null && linux.zeroesFast(mayUnmap);
    }

    @Override
    public void trim(long offset, long length) throws IOException {
        watch.requireIntact();
        LinuxFile linux = image.linux();
        if (linux != null) {
            change(() -> linux.discard(offset, length));
        }
    }

    @Override
    public void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
        LinuxFile linux = image.linux();
        if (linux == null) {
            visitor.extent(length, false);
        } else {
            alone(() -> {
                linux.extents(offset, length, visitor);
                return true;
            });
        }
    }

    @Override
    public void cache(long offset, long length) {
        LinuxFile linux = image.linux();
        if (linux != null && image.direct() == null) {
            linux.willNeed(offset, length);
        }
    }

    @Override
    public void flush() throws IOException {
        IOException failed = failedFlush;
        if (failed != null) {
            throw new IOException(
                    image.path() + ": an earlier flush failed, so earlier writes may be lost; reopen the drive",
                    failed);
        }
        try {
            // fdatasync; see docs/design/decisions/009 for the failure of a flush
            image.channel().force(false);
        } catch (IOException e) {
            failedFlush = e;
            throw known(e, 0);
        }
        if (!image.readOnly()) {
            watch.look();
        }
    }

    /** Checks the file. A device that was grown gives its new size to the drive. */
    @Override
    public void check() throws IOException {
        watch.look();
        LinuxFile linux = image.linux();
        if (linux != null && image.isDevice()) {
            image.size(linux.size());
        }
    }

    @Override
    public void resize(long newSize) throws IOException {
        watch.look();
        alone(() -> {
            ImageResize.resize(image, newSize);
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        images.close(image);
    }

    /** Maps an error to a block error. The JDK reports only the system's message, which may be in any language. */
    private IOException known(IOException e, long bytes) {
        String reason = String.valueOf(e.getMessage());
        if (reason.equals("No space left on device") || reason.equals("Disk quota exceeded") || isFull(bytes)) {
            return told(BlockError.ENOSPC, e);
        }
        if (reason.equals("Read-only file system") || reason.equals("Operation not permitted")) {
            return told(BlockError.EPERM, e);
        }
        return e;
    }

    private boolean isFull(long bytes) {
        try {
            return !image.isDevice() && Files.getFileStore(image.path()).getUsableSpace() < bytes;
        } catch (IOException e) {
            return false;
        }
    }

    private BlockException told(BlockError error, IOException cause) {
        BlockException told = new BlockException(error, image.path() + ": " + cause.getMessage());
        told.initCause(cause);
        return told;
    }
}
