package dev.weir.view.text;

import dev.weir.log.PlainText;
import java.util.StringJoiner;

/**
 * Formats one object in full: labels at the left and texts of one or more lines at the right. It cuts no text, so
 * that each can be copied.
 *
 * <p>Not thread-safe.
 */
public final class Details {
    private static final int LABEL_WIDTH = 10;

    private final StringJoiner lines = new StringJoiner("\n");

    /** Returns the width that remains for the texts on a terminal of {@code width} cells. */
    public static int textWidth(int width) {
        return Math.max(1, width - LABEL_WIDTH);
    }

    /** Adds a label with its text. Adds no row for an empty text. */
    public Details row(String label, String text) {
        String start = label;
        for (String line : text.lines().toList()) {
            lines.add(start + " ".repeat(Math.max(1, LABEL_WIDTH - start.length())) + PlainText.of(line));
            start = "";
        }
        return this;
    }

    /** Returns all rows as lines, without a final line break. */
    public String text() {
        return lines.toString();
    }
}
