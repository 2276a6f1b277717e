package dev.weir.shell.watch;

import dev.weir.log.PlainText;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.WCWidth;

/** The lines of a screen, each cut to its width. Not thread-safe. */
final class Lines {
    static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
    static final AttributedStyle STRONG = AttributedStyle.BOLD;
    static final AttributedStyle FAINT = AttributedStyle.DEFAULT.faint();
    static final AttributedStyle PICKED = AttributedStyle.INVERSE;
    static final AttributedStyle FREE = AttributedStyle.DEFAULT.foreground(AttributedStyle.GREEN);
    static final AttributedStyle TIGHT = AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW);
    static final AttributedStyle FULL = AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);

    private final int columns;
    private final List<AttributedString> lines = new ArrayList<>();

    Lines(int columns) {
        this.columns = columns;
    }

    Lines add(String text, AttributedStyle style) {
        return add(new AttributedString(text, style));
    }

    Lines add(AttributedString line) {
        lines.add(plain(line).columnSubSequence(0, columns));
        return this;
    }

    /** Replaces control characters and keeps the styles. */
    private static AttributedString plain(AttributedString line) {
        String text = line.toString();
        String plain = PlainText.of(text);
        if (plain.equals(text)) {
            return line;
        }
        AttributedStringBuilder styled = new AttributedStringBuilder();
        for (int i = 0; i < plain.length(); i++) {
            styled.append(String.valueOf(plain.charAt(i)), line.styleAt(Math.min(i, line.length() - 1)));
        }
        return styled.toAttributedString();
    }

    int columns() {
        return columns;
    }

    int size() {
        return lines.size();
    }

    /** Returns exactly {@code rows} lines. Adds empty lines or drops the last ones. */
    List<AttributedString> exactly(int rows) {
        List<AttributedString> exact = new ArrayList<>(lines.subList(0, Math.min(rows, lines.size())));
        while (exact.size() < rows) {
            exact.add(AttributedString.EMPTY);
        }
        return exact;
    }

    List<AttributedString> all() {
        return lines;
    }

    /** Returns a left-aligned text of exactly {@code cells} cells, padded or cut. */
    static String left(String text, int cells) {
        int width = width(text);
        if (width > cells) {
            return new AttributedString(text).columnSubSequence(0, cells - 1) + "…";
        }
        return text + " ".repeat(cells - width);
    }

    /** Returns a right-aligned text of at least {@code cells} cells. Never cuts it. */
    static String right(String text, int cells) {
        return " ".repeat(Math.max(0, cells - width(text))) + text;
    }

    /** Returns the width of a text in terminal cells. */
    static int width(String text) {
        int cells = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            cells += Math.max(0, WCWidth.wcwidth(text.codePointAt(i)));
        }
        return cells;
    }
}
