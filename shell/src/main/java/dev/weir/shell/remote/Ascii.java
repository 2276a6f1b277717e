package dev.weir.shell.remote;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Output for a terminal that shows only ASCII: the lines, bars and signs of Weir as ASCII characters of the same width.
 * All other characters, such as those of names, stay as they are. Not thread-safe.
 */
final class Ascii extends FilterOutputStream {
    private static final String SIGNS = "├└│─…·–×µ↑↓▁▂▃▄▅▆▇█▏▎▍▌▋▊▉";
    private static final String SHOWN = "|`|-~.-xu^v_.:-=+*#..::++#";

    /** The bytes of a character so far. */
    private final ByteArrayOutputStream open = new ByteArrayOutputStream(4);

    /** The number of bytes that the open character lacks. */
    private int lacking;

    Ascii(OutputStream terminal) {
        super(terminal);
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream(length);
        for (int i = offset; i < offset + length; i++) {
            add(bytes[i], shown);
        }
        out.write(shown.toByteArray());
    }

    private void add(byte next, ByteArrayOutputStream shown) {
        boolean continues = (next & 0xc0) == 0x80;
        if (lacking > 0 && !continues) {
            end(shown); // no UTF-8
        }
        if (lacking == 0) {
            lacking = (next & 0xe0) == 0xc0 ? 2 : (next & 0xf0) == 0xe0 ? 3 : (next & 0xf8) == 0xf0 ? 4 : 1;
        }
        open.write(next);
        lacking--;
        if (lacking == 0) {
            end(shown);
        }
    }

    /** Ends the open character. */
    private void end(ByteArrayOutputStream shown) {
        int sign = open.size() == 1 ? -1 : SIGNS.indexOf(open.toString(StandardCharsets.UTF_8));
        if (sign < 0) {
            shown.writeBytes(open.toByteArray());
        } else {
            shown.write(SHOWN.charAt(sign));
        }
        open.reset();
        lacking = 0;
    }
}
