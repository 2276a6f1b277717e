package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of other formats, which a raw drive would destroy. */
class RawCheckTest {
    private static final int SIZE = 4096;

    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path image;

    RawCheckTest(@TempDir Path folder) {
        image = folder.resolve("disk.img");
    }

    private void writeImage(int offset, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        bytes.put(offset < 0 ? SIZE + offset : offset, text.getBytes(StandardCharsets.ISO_8859_1));
        Files.write(image, bytes.array());
    }

    private BlockBackend open(Map<String, Object> more, boolean readOnly) throws IOException {
        Map<String, Object> options = new HashMap<>(more);
        options.put("path", image.toString());
        return factory.open("vm1", options, readOnly);
    }

    @ParameterizedTest
    @CsvSource({
        "qcow2, 0, QFI\u00fb",
        "qed, 0, 'QED\0'",
        "vmdk, 0, KDMV",
        "vmdk, 0, COWD",
        "vmdk, 0, '# Disk DescriptorFile'",
        "vhdx, 0, vhdxfile",
        "vdi, 64, '\u007f\u0010\u00da\u00be'",
        "vpc, 0, conectix",
        "vpc, -512, conectix",
        "dmg, -512, koly",
        "parallels, 0, WithoutFreeSpace",
        "parallels, 0, WithouFreSpacExt",
        "bochs, 0, Bochs Virtual HD Image",
    })
    void anotherFormatIsRefusedUnlessRawIsAskedFor(String format, int offset, String text) throws IOException {
        writeImage(offset, text);
        for (boolean readOnly : new boolean[] {false, true}) {
            IOException refusal = assertThrows(IOException.class, () -> open(Map.of(), readOnly));
            assertEquals(
                    "path = " + image + ": is a " + format
                            + " image; use the backend qemu (bundle weir-backend-qemu), or set format = raw"
                            + " to serve its bytes unchanged",
                    refusal.getMessage());
        }
        open(Map.of("format", "raw"), false).close();
    }

    /** Also the second reader of an open image. */
    @Test
    void everyDriveOfAnImageIsHeldToItsFormat() throws IOException {
        writeImage(0, "QFI\u00fb");
        BlockBackend first = open(Map.of("format", "raw"), true);
        assertThrows(IOException.class, () -> open(Map.of(), true));
        first.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 'LUKS\u00ba\u00be'",
        "0, '\u001f\u008b\b'",
        "63, '\u007f\u0010\u00da\u00be'",
        "-511, conectix",
        "1, vhdxfile"
    })
    void whatAGuestWritesToItsDiskIsServed(int offset, String text) throws IOException {
        writeImage(offset, text);
        open(Map.of(), false).close();
    }

    @Test
    void createdImageIsRawWhateverTheGuestWrites() throws IOException {
        Map<String, Object> made = Map.of("size", (long) SIZE, "create", true);
        BlockBackend backend = open(made, false);
        backend.write(ByteBuffer.wrap("QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)), 0);
        backend.close();
        open(made, false).close();
    }

    @Test
    void tinyImagesAreRaw() throws IOException {
        Files.write(image, new byte[] {'Q'});
        open(Map.of(), false).close();
    }

    @Test
    void anotherFormatCannotBeAskedFor() {
        IOException refusal = assertThrows(IOException.class, () -> open(Map.of("format", "qcow2"), false));
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("format = qcow2: must be raw"), refusal.getMessage());
    }
}
