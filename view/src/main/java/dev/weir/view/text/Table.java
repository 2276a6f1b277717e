package dev.weir.view.text;

import dev.weir.view.text.Column.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;

/**
 * Formats rows in aligned columns under a header. No line is wider than the terminal. Columns without names have no
 * header.
 *
 * <p>Flexible columns shrink first: the widest before the others, and none below its minimum. A table that is still
 * too wide is cut at the edge. An ellipsis marks each cut.
 *
 * @param whenEmpty the text for an empty table
 * @param columns the columns from left to right
 */
public record Table<T>(String whenEmpty, List<Column<T>> columns) {
    private static final String GAP = "  ";
    private static final String CUT = "…";

    /** The cells of the shortest name that is still shown: one character and the ellipsis. */
    private static final int SHORTEST_NAME = 2;

    /**
     * Returns the table as lines, without a final line break.
     *
     * @param width the maximum width of a line (terminal cells); 1 or more
     */
    public String text(List<T> rows, int width) {
        if (rows.isEmpty()) {
            return whenEmpty;
        }
        List<List<String>> lines = new ArrayList<>();
        if (columns.stream().anyMatch(column -> !column.header().isEmpty())) {
            lines.add(columns.stream().map(Column::header).toList());
        }
        rows.forEach(row -> lines.add(columns.stream().map(c -> c.text(row)).toList()));
        int[] widths = IntStream.range(0, columns.size())
                .map(c -> lines.stream()
                        .mapToInt(line -> cells(line.get(c)))
                        .max()
                        .orElse(0))
                .toArray();
        shrink(widths, width);
        return lines.stream().map(line -> cut(line(line, widths), width)).collect(Collectors.joining("\n"));
    }

    private void shrink(int[] widths, int width) {
        int excess = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - width;
        for (; excess > 0; excess--) {
            int widest = -1;
            for (int c = 0; c < widths.length; c++) {
                boolean gives = columns.get(c).shrinks()
                        && widths[c]
                                > Math.max(
                                        columns.get(c).least(),
                                        cells(columns.get(c).header()));
                if (gives && (widest < 0 || widths[c] > widths[widest])) {
                    widest = c;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    private String line(List<String> texts, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String text = columns.get(c).cut(texts.get(c), widths[c]);
            String pad = " ".repeat(widths[c] - cells(text));
            line.append(c == 0 ? "" : GAP);
            line.append(columns.get(c).side() == Side.RIGHT ? pad + text : text + pad);
        }
        return line.toString().stripTrailing();
    }

    /** Returns the width of a text in terminal cells: two for a wide character and none for a combining one. */
    private static int cells(String text) {
        return new AttributedString(text).columnLength();
    }

    /**
     * Returns a limit cut to at most {@code width} cells. The name of its group is cut before its key:
     * {@code tenan…: bps}.
     */
    public static String cutGroup(String text, int width) {
        int name = Math.max(0, text.indexOf(": "));
        int room = width - cells(text.substring(name));
        return name == 0 || room < SHORTEST_NAME
                ? cut(text, width)
                : cut(text.substring(0, name), room) + text.substring(name);
    }

    /** Returns the text cut to at most {@code width} cells. An ellipsis marks the cut. */
    public static String cut(String text, int width) {
        AttributedString cells = new AttributedString(text);
        return cells.columnLength() <= width
                ? text
                : cells.columnSubSequence(0, width - 1).toString() + CUT;
    }
}
