package dev.weir.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image format other than raw, detected by the first or last bytes of a file.
 *
 * <p>A guest of a raw disk can write the header of any format to it. A detected format is therefore a hint and no
 * proof. A program that trusts it must not open other files that the header names.
 *
 * <p>Immutable.
 *
 * @param name QEMU's name of the format, for example {@code qcow2}
 * @param commonOnRawDisks whether honest guests write such bytes to raw disks, for example an encrypted volume
 * @param mayNameOtherFiles whether the image may name other files such as a backing file; false only if it names none
 *     for sure
 */
public record ImageFormat(String name, boolean commonOnRawDisks, boolean mayNameOtherFiles) {

    /** The number of bytes at the beginning and at the end of a file that {@link #of(String, String)} needs. */
    public static final int BYTES = 512;

    private static final int TYPE_BITS = 0170000;
    private static final int REGULAR = 0100000;
    private static final int BLOCK_DEVICE = 0060000;

    private static final int QCOW2_VERSION = 7;
    private static final int QCOW2_BACKING_FILE = 8;
    private static final int QCOW2_FEATURES = 79;
    private static final int QCOW2_EXTERNAL_DATA = 4;

    /**
     * The bytes that identify a format.
     *
     * @param offset position in bytes; negative positions count from the end of the file
     * @param text the bytes, one per character
     */
    private record Signature(String format, int offset, String text, boolean commonOnRawDisks) {
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

    /**
     * {@return the format of a file, or null if it looks raw}
     *
     * @param head its first {@value #BYTES} bytes, or all of a shorter file; one per character (ISO 8859-1)
     * @param tail its last bytes in the same way
     */
    public static @Nullable ImageFormat of(String head, String tail) {
        for (Signature signature : SIGNATURES) {
            boolean fits = signature.offset >= 0
                    ? head.startsWith(signature.text, signature.offset)
                    : tail.length() == BYTES && tail.startsWith(signature.text);
            if (fits) {
                boolean closed = signature.format.equals("qcow2") && isClosedQcow2(head);
                return new ImageFormat(signature.format, signature.commonOnRawDisks, !closed);
            }
        }
        return null;
    }

    /**
     * {@return the format of a file or block device, or null if it looks raw or is neither of them}
     *
     * @param path the file
     * @throws IOException if it cannot be read
     */
    public static @Nullable ImageFormat of(Path path) throws IOException {
        int type = (Integer) Files.getAttribute(path, "unix:mode") & TYPE_BITS;
        if (type != REGULAR && type != BLOCK_DEVICE) {
            return null; // a pipe would wait for its writer
        }
        try (SeekableByteChannel file = Files.newByteChannel(path)) {
            String head = text(file, 0);
            return of(head, text(file, Math.max(0, file.size() - BYTES)));
        }
    }

    private static String text(SeekableByteChannel file, long from) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        file.position(from);
        while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    /** Returns whether a qcow2 header of a known version names neither a backing file nor an external data file. */
    private static boolean isClosedQcow2(String head) {
        int version = head.length() > QCOW2_FEATURES ? head.charAt(QCOW2_VERSION) : 0;
        if (version < 2 || version > 3) {
            return false;
        }
        boolean backing = head.substring(QCOW2_BACKING_FILE, QCOW2_BACKING_FILE + Long.BYTES)
                .chars()
                .anyMatch(each -> each != 0);
        boolean externalData = version == 3 && (head.charAt(QCOW2_FEATURES) & QCOW2_EXTERNAL_DATA) != 0;
        return !backing && !externalData;
    }
}
