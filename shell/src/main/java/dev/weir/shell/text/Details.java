package dev.weir.shell.text;

import dev.weir.log.PlainText;
import java.util.StringJoiner;

/**
 * One thing in full: a label at the left, what is to be said of it at the right, in one line or several.
 * Nothing is cut: what stands here is there to be copied.
 *
 * <p>Not thread-safe.
 */
public final class Details {
    private static final int LABEL_WIDTH = 10;

    private final StringJoiner lines = new StringJoiner("\n");

    /** Returns how much of a terminal's width is left for the texts. */
    public static int textWidth(int width) {
        return Math.max(1, width - LABEL_WIDTH);
    }

    /** Adds a line, or more if the text has more; nothing if it is empty. */
    public Details row(String label, String text) {
        String start = label;
        for (String line : text.lines().toList()) {
            lines.add(start + " ".repeat(Math.max(1, LABEL_WIDTH - start.length())) + PlainText.of(line));
            start = "";
        }
        return this;
    }

    /** Returns the sheet as lines, without a line break at the end. */
    public String text() {
        return lines.toString();
    }
}
