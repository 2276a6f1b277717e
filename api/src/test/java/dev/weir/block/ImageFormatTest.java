package dev.weir.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detected image formats. The backend {@code file} tests each signature. */
class ImageFormatTest {
    private final Path image;

    ImageFormatTest(@TempDir Path folder) {
        image = folder.resolve("image");
    }

    private void write(ByteBuffer bytes) throws IOException {
        byte[] content = new byte[bytes.capacity()];
        bytes.get(0, content);
        Files.write(image, content);
    }

    private static ByteBuffer qcow2(int version, long backingFile, long incompatibleFeatures) {
        return ByteBuffer.allocate(4096)
                .putInt(0, 0x514649fb)
                .putInt(4, version)
                .putLong(8, backingFile)
                .putLong(72, incompatibleFeatures);
    }

    @ParameterizedTest
    @CsvSource({
        "2, 0, 0, false",
        "3, 0, 0, false",
        "3, 0, 8, false",
        "3, 256, 0, true",
        "2, 256, 0, true",
        "3, 4294967296, 0, true",
        "3, 0, 4, true",
        "3, 0, 5, true",
        // version 2 has no features: the bytes belong to something else
        "2, 0, 4, false",
        "1, 0, 0, true",
        "4, 0, 0, true"
    })
    void qcow2NamesOtherFilesByItsHeader(int version, long backingFile, long features, boolean names)
            throws IOException {
        write(qcow2(version, backingFile, features));
        assertEquals(new ImageFormat("qcow2", false, names), ImageFormat.of(image));
    }

    @Test
    void truncatedHeaderMayNameOtherFiles() throws IOException {
        write(ByteBuffer.allocate(20).putInt(0, 0x514649fb));
        assertEquals(new ImageFormat("qcow2", false, true), ImageFormat.of(image));
    }

    @Test
    void footerCountsOnlyAtTheEnd() throws IOException {
        byte[] cookie = {'c', 'o', 'n', 'e', 'c', 't', 'i', 'x'};
        write(ByteBuffer.allocate(8192).put(8192 - 512, cookie));
        assertEquals(new ImageFormat("vpc", false, true), ImageFormat.of(image));
        write(ByteBuffer.allocate(8192).put(4096, cookie));
        assertNull(ImageFormat.of(image));
    }

    @Test
    void emptyFileLooksRaw() throws IOException {
        write(ByteBuffer.allocate(0));
        assertNull(ImageFormat.of(image));
    }

    /** A pipe would block the open. */
    @Test
    void deviceFilesThatAreNoDisksAreNotRead() throws IOException {
        assertNull(ImageFormat.of(Path.of("/dev/zero")));
        assertNull(ImageFormat.of(Path.of("/dev")));
    }
}
