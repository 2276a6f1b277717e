package dev.weir.backend.file;

import dev.weir.unit.Measure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Changes the size of an image. The size is durable when a change returns. See
 * {@code docs/design/decisions/041-resize.md}.
 */
final class ImageResize {

    private ImageResize() {}

    /**
     * Gives an open image another size, while no request is in flight.
     *
     * @throws IOException if it cannot have the size; it has the old one then
     */
    static void resize(Image image, long newSize) throws IOException {
        LinuxFile linux = image.linux();
        if (image.isDevice() && linux != null) {
            followDevice(image, linux, newSize);
            return;
        }
        if (image.readOnly()) {
            throw refused(image, newSize, "the drive is read-only");
        }
        long now = image.channel().size();
        if (now != image.size()) {
            throw refused(
                    image,
                    newSize,
                    "another program has changed its size from " + Measure.sizeText(image.size()) + " to "
                            + Measure.sizeText(now) + "; reopen the drive");
        }
        if (newSize > now) {
            grow(image.channel(), linux, now, newSize);
            image.size(newSize);
        } else {
            shrink(image, now, newSize);
        }
    }

    private static IOException refused(Image image, long newSize, String reason) {
        return new IOException("size = " + Measure.sizeText(newSize) + ": " + image.path() + ": " + reason);
    }

    private static void followDevice(Image image, LinuxFile linux, long newSize) throws IOException {
        long now = linux.size();
        if (now != newSize) {
            throw refused(
                    image,
                    newSize,
                    "is a block device of " + Measure.sizeText(now)
                            + ", which Weir cannot resize; resize the device itself, for" + " example with lvextend");
        }
        image.size(now);
    }

    /**
     * Grows a file by a hole.
     *
     * @param linux null without native access; the last byte is then written and its block is allocated
     * @throws IOException if the file cannot be that large; it has the old size then
     */
    static void grow(AsynchronousFileChannel channel, @Nullable LinuxFile linux, long from, long to)
            throws IOException {
        try {
            if (linux == null) {
                ChannelIo.write(channel, ByteBuffer.allocate(1), to - 1);
            } else {
                linux.truncate(to);
            }
            channel.force(true);
        } catch (IOException e) {
            try {
                channel.truncate(from);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw new IOException(
                    "size = " + Measure.sizeText(to) + ": the file cannot be made that large: " + e.getMessage(), e);
        }
    }

    private static void shrink(Image image, long from, long to) throws IOException {
        image.size(to); // first, because the image watch reports a file that is shorter than the drive
        try {
            image.channel().truncate(to);
            image.channel().force(true);
        } catch (IOException e) {
            image.size(Math.min(from, image.channel().size()));
            throw e;
        }
    }
}
