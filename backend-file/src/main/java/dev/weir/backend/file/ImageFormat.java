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
 * Files that are no raw images, known by their first or last bytes. A raw drive would show a guest their headers and metadata in place of its
 * disk, and the guest would destroy them.
 */
final class ImageFormat {
    private static final Logger log = LoggerFactory.getLogger(ImageFormat.class);
    private static final int HEAD = 512;

    /**
     * Bytes that tell a format.
     *
     * @param format as QEMU names it
     * @param offset in bytes, from the end of the file if negative
     * @param text the bytes, one for each character
     * @param onRawDisks whether guests write this to their disks as well
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
     * Refuses an image of another format, unless the drive asks for it as it is. An encrypted or compressed file gets a warning only, because a guest may
     * have written it to the start of its disk.
     */
    static void check(ImageSpec spec, AsynchronousFileChannel channel, long size) throws IOException {
        Signature found = spec.isRawForSure() ? null : find(channel, size);
        if (found != null && !found.onRawDisks) {
            throw spec.refused(
                    "is a " + found.format + " image, and only raw images are served; qemu-img convert -O raw"
                            + " makes one of it, format = raw serves its bytes as they are");
        }
        if (found != null) {
            log.warn(
                    "path = {}: begins like a {} file and is served as it is; format = raw says that this is wanted",
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
