package dev.weir.shell.text;

import dev.weir.shell.text.Column.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;

/**
 * Rows in aligned columns under a header, no wider than the terminal: flexible columns give way first, the
 * widest before the others and none below its header; what still does not fit is cut at the edge. A cut shows.
 *
 * @param whenEmpty what to say when there are no rows
 * @param columns from left to right
 */
public record Table<T>(String whenEmpty, List<Column<T>> columns) {
    private static final String GAP = "  ";
    private static final String CUT = "…";

    /**
     * Returns the table as lines, without a line break at the end.
     *
     * @param width what a line may have at most, in terminal cells, 1 or more
     */
    public String text(List<T> rows, int width) {
        if (rows.isEmpty()) {
            return whenEmpty;
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::header).toList());
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
                boolean gives = columns.get(c).side() == Side.FLEXIBLE
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
            String text = cut(texts.get(c), widths[c]);
            String pad = " ".repeat(widths[c] - cells(text));
            line.append(c == 0 ? "" : GAP);
            line.append(columns.get(c).side() == Side.RIGHT ? pad + text : text + pad);
        }
        return line.toString().stripTrailing();
    }

    /** How many cells of the terminal a text takes: two for a wide character, none for a combining one. */
    private static int cells(String text) {
        return new AttributedString(text).columnLength();
    }

    /** Returns a text that takes no more cells than this; a cut shows. */
    public static String cut(String text, int width) {
        AttributedString cells = new AttributedString(text);
        return cells.columnLength() <= width
                ? text
                : cells.columnSubSequence(0, width - 1).toString() + CUT;
    }
}
