package dev.weir.backend.file;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A drive in a raw image: byte n of the drive is byte n of the file.
 *
 * <p>A flush is fdatasync. That suffices because the size never changes and the block map counts as data; only
 * timestamps are left out. After a failed flush all later flushes fail too. The kernel drops the pages it could not
 * write and would report the next fdatasync as a success.
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

    FileBackend(Image image, OpenImages images) {
        this.image = image;
        this.images = images;
        watch = new ImageWatch(image);
    }

    @Override
    public long size() {
        return image.size();
    }

    @Override
    public boolean mayBlock() {
        return true;
    }

    /** Returns true: Linux serializes buffered writes to one file. */
    @Override
    public boolean writesInTurn() {
        return true;
    }

    @Override
    public void read(ByteBuffer destination, long offset) throws IOException {
        int position = destination.position();
        if (!ChannelIo.read(image.channel(), destination, offset)) {
            long end = offset + destination.position() - position;
            throw new IOException(image.path() + " ends at byte " + end + ": had " + image.size()
                    + " bytes at the open and was truncated since");
        }
    }

    @Override
    public boolean readNow(ByteBuffer destination, long offset) {
        LinuxFile linux = image.linux();
        return linux != null && linux.readCached(destination, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        watch.requireIntact();
        try {
            ChannelIo.write(image.channel(), source, offset);
        } catch (IOException e) {
            throw known(e, source.remaining());
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap) throws IOException {
        watch.requireIntact();
        LinuxFile linux = image.linux();
        boolean done =
                linux != null && ((mayUnmap && linux.punchHole(offset, length)) || linux.zeroRange(offset, length));
        if (!done) {
            writeZeroBytes(offset, length);
        }
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
            linux.punchHole(offset, length);
        }
    }

    @Override
    public void blockStatus(long offset, long length, ExtentVisitor visitor) throws IOException {
        LinuxFile linux = image.linux();
        if (linux == null) {
            visitor.extent(length, false);
        } else {
            linux.extents(offset, length, visitor);
        }
    }

    @Override
    public void cache(long offset, long length) {
        LinuxFile linux = image.linux();
        if (linux != null) {
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

    @Override
    public void check() throws IOException {
        watch.look();
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
            return Files.getFileStore(image.path()).getUsableSpace() < bytes;
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
