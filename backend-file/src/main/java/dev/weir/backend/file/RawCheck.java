package dev.weir.backend.file;

import dev.weir.block.ImageFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses qcow2 and all other image formats than raw. Served as raw, such a file would show the guest its headers and
 * metadata as disk content. The guest would destroy them.
 */
final class RawCheck {
    private static final Logger LOG = LoggerFactory.getLogger(RawCheck.class);

    private RawCheck() {}

    /**
     * Checks that the file is a raw image. A drive with {@code format = raw} or {@code create = true} skips the
     * check. An encrypted or compressed file only logs a warning, because a guest may have written it to the start of
     * its disk.
     *
     * @throws IOException if the file has another format or cannot be read
     */
    static void check(ImageSpec spec, AsynchronousFileChannel channel, long size) throws IOException {
        if (spec.isRawForSure()) {
            return;
        }
        ImageFormat found =
                ImageFormat.of(text(channel, 0, size), text(channel, Math.max(0, size - ImageFormat.BYTES), size));
        if (found != null && !found.commonOnRawDisks()) {
            throw spec.refused(
                    "is a " + found.name() + " image; use the backend qemu (bundle weir-backend-qemu), or set"
                            + " format = raw to serve its bytes unchanged");
        }
        if (found != null) {
            LOG.warn(
                    "path = {}: looks like a {} file and is served as raw; set format = raw if this is intended",
                    spec.path(),
                    found.name());
        }
    }

    private static String text(AsynchronousFileChannel channel, long from, long size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(ImageFormat.BYTES, size - from));
        ChannelIo.read(channel, bytes, from);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
}
