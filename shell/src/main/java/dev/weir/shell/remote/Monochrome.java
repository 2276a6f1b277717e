package dev.weir.shell.remote;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Removes colour codes from terminal output. Bold, underlined and inverse text and all other control sequences stay.
 * See docs/design/decisions/011.
 *
 * <p>Not thread-safe.
 */
final class Monochrome extends FilterOutputStream {
    private static final int ESC = 27;

    /** The longest control sequence that is parsed (bytes). No colour sequence is longer. */
    private static final int LONGEST = 64;

    /** The incomplete control sequence, without its escape character. */
    private final StringBuilder sequence = new StringBuilder();

    private boolean inSequence;

    Monochrome(OutputStream terminal) {
        super(terminal);
    }

    @Override
    public void write(int oneByte) throws IOException {
        int b = oneByte & 0xff;
        if (!inSequence) {
            inSequence = b == ESC;
            if (!inSequence) {
                out.write(b);
            }
            return;
        }
        sequence.append((char) b);
        if (!isOpen(b)) {
            String whole = sequence.toString();
            sequence.setLength(0);
            inSequence = false;
            copy(whole);
        }
    }

    /** Returns whether the sequence continues after this byte. Only {@code [}, digits and separators continue it. */
    private boolean isOpen(int last) {
        boolean parameter = last >= '0' && last <= ';';
        return sequence.length() == 1 ? last == '[' : parameter && sequence.length() < LONGEST;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int i = 0; i < length; i++) {
            write(bytes[offset + i]);
        }
    }

    private void copy(String whole) throws IOException {
        String kept = whole.startsWith("[") && whole.endsWith("m")
                ? withoutColours(whole.substring(1, whole.length() - 1))
                : whole;
        if (kept.isEmpty()) {
            return;
        }
        out.write(ESC);
        for (int i = 0; i < kept.length(); i++) {
            out.write(kept.charAt(i));
        }
    }

    /** Returns the sequence without its colour parameters; empty if no parameter remains. */
    private static String withoutColours(String parameters) {
        StringBuilder kept = new StringBuilder();
        String[] words = parameters.split("[;:]", -1);
        for (int i = 0; i < words.length; i++) {
            int code =
                    words[i].isEmpty() ? 0 : Integer.parseInt(words[i].substring(Math.max(0, words[i].length() - 4)));
            if (code == 38 || code == 48) {
                // 38 and 48 are followed by 5 and an index, or by 2 and three components
                i += i + 1 < words.length && words[i + 1].equals("2") ? 4 : 2;
            } else if (!isColour(code)) {
                kept.append(kept.length() == 0 ? "" : ";").append(words[i]);
            }
        }
        return kept.length() == 0 && !parameters.isEmpty() ? "" : "[" + kept + "m";
    }

    private static boolean isColour(int code) {
        return (code >= 30 && code <= 49) || (code >= 90 && code <= 107);
    }
}
