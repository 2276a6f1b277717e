package dev.weir.backend.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects image formats other than raw by the first or last bytes of a file. Served as raw, such a file would show
 * the guest its headers and metadata as disk content. The guest would destroy them.
 */
final class ImageFormat {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFormat.class);
    private static final int HEAD = 512;

    /**
     * The bytes that identify a format.
     *
     * @param format QEMU's name of the format
     * @param offset position in bytes; negative positions count from the end of the file
     * @param text the bytes, one per character
     * @param onRawDisks whether guests may write these bytes to a raw disk
     */
    private record Signature(String format, int offset, String text, boolean onRawDisks) {
        Signature(String format, int offset, String text) {
            this(format, offset, text, false);
        }
    }

    private static final List<Signature> SIGNATURES = List.of(
            new Signature("qcow2", 0, "QFI\u00fb"),
            new Signature("qed", 0, "QED\0"),
            new Signature("vmdk", 0, "KDMV"),
            new Signature("vmdk", 0, "COWD"),
            new Signature("vmdk", 0, "# Disk DescriptorFile"),
            new Signature("vhdx", 0, "vhdxfile"),
            new Signature("vdi", 64, "\u007f\u0010\u00da\u00be"),
            new Signature("vpc", 0, "conectix"),
            new Signature("vpc", -512, "conectix"),
            new Signature("dmg", -512, "koly"),
            new Signature("parallels", 0, "WithoutFreeSpace"),
            new Signature("parallels", 0, "WithouFreSpacExt"),
            new Signature("bochs", 0, "Bochs Virtual HD Image"),
            new Signature("luks", 0, "LUKS\u00ba\u00be", true),
            new Signature("gzip", 0, "\u001f\u008b\b", true),
            new Signature("xz", 0, "\u00fd7zXZ\0", true),
            new Signature("zstd", 0, "(\u00b5/\u00fd", true),
            new Signature("bzip2", 0, "BZh91AY&SY", true));

    private ImageFormat() {}

    /**
     * Checks that the file is a raw image. A drive with {@code format = raw} or {@code create = true} skips the
     * check. An encrypted or compressed file only logs a warning, because a guest may have written it to the start of
     * its disk.
     *
     * @throws IOException if the file has another format or cannot be read
     */
    static void check(ImageSpec spec, AsynchronousFileChannel channel, long size) throws IOException {
        Signature found = spec.isRawForSure() ? null : find(channel, size);
        if (found != null && !found.onRawDisks) {
            throw spec.refused("is a " + found.format + " image; only raw images are supported: convert it with"
                    + " qemu-img convert -O raw, or set format = raw to serve its bytes unchanged");
        }
        if (found != null) {
            LOG.warn(
                    "path = {}: looks like a {} file and is served as raw; set format = raw if this is intended",
                    spec.path(),
                    found.format);
        }
    }

    private static @Nullable Signature find(AsynchronousFileChannel channel, long size) throws IOException {
        String head = text(channel, 0, size);
        String tail = text(channel, Math.max(0, size - HEAD), size);
        for (Signature signature : SIGNATURES) {
            boolean fits = signature.offset >= 0
                    ? head.startsWith(signature.text, signature.offset)
                    : size >= HEAD && tail.startsWith(signature.text);
            if (fits) {
                return signature;
            }
        }
        return null;
    }

    private static String text(AsynchronousFileChannel channel, long from, long size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(HEAD, size - from));
        ChannelIo.read(channel, bytes, from);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
}
