package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Signs for a terminal without UTF-8. */
class AsciiTest {
    private static String shown(byte[] written, int part) throws IOException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (Ascii terminal = new Ascii(shown)) {
            for (int i = 0; i < written.length; i += part) {
                terminal.write(written, i, Math.min(part, written.length - i));
            }
        }
        return shown.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void signsBecomeAscii() throws IOException {
        byte[] written = "a\n├─b 3 µs\n│ └─c…\n█▌· ↑↓ ▁▇".getBytes(StandardCharsets.UTF_8);
        String ascii = "a\n|-b 3 us\n| `-c~\n#:. ^v _*";
        assertEquals(ascii, shown(written, 1_000));
        assertEquals(ascii, shown(written, 1));
    }

    @Test
    void otherCharactersStay() throws IOException {
        String other = "\u001b[1mvm-ü 磁盘 🜁\u001b[0m";
        byte[] written = other.getBytes(StandardCharsets.UTF_8);
        assertEquals(new String(written, StandardCharsets.ISO_8859_1), shown(written, 3));
    }

    @Test
    void bytesThatAreNoTextStay() throws IOException {
        byte[] written = {'a', (byte) 0xe2, 'b', (byte) 0x94, (byte) 0xff, 'c'};
        assertEquals(new String(written, StandardCharsets.ISO_8859_1), shown(written, 2));
    }
}
