package dev.weir.view.text;

import dev.weir.view.text.Column.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jline.utils.AttributedString;

/**
 * Formats rows in aligned columns under a header. No line is wider than the terminal. Columns without names have no
 * header.
 *
 * <p>Flexible columns shrink: the widest before the others, and none below its minimum. Columns of words wrap. Where
 * such a column does not fit, its words follow below their row. Other columns that do not fit are cut at the edge. An
 * ellipsis marks each cut.
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
        int[] widths = columns(c -> lines.stream().mapToInt(line -> cells(line.get(c))));
        int[] least = columns(c -> columns.get(c).shrinks()
                ? IntStream.concat(
                        IntStream.of(
                                Math.min(widths[c], columns.get(c).least()),
                                cells(columns.get(c).header())),
                        lines.stream().mapToInt(line -> longestWord(c, line.get(c))))
                : IntStream.of(widths[c]));
        List<Integer> shown = shrink(widths, least, width);
        return lines.stream()
                .flatMap(line -> rows(line, shown, widths, width, line == lines.get(0)))
                .map(line -> cut(line, width))
                .collect(Collectors.joining("\n"));
    }

    /** Returns the largest of the numbers of each column. */
    private int[] columns(IntFunction<IntStream> numbers) {
        return IntStream.range(0, columns.size())
                .map(c -> numbers.apply(c).max().orElse(0))
                .toArray();
    }

    private int longestWord(int column, String text) {
        return columns.get(column).side() != Side.WORDS
                ? 0
                : Stream.of(text.split(" ")).mapToInt(Table::cells).max().orElse(0);
    }

    /**
     * Shrinks the columns that fit at their least width. Returns the columns of a row. Columns of words that do not fit
     * are not among them.
     */
    private List<Integer> shrink(int[] widths, int[] least, int width) {
        int all = IntStream.of(least).sum() + GAP.length() * (least.length - 1);
        // the ellipsis of a cut line takes the place after the columns that fit
        int room = all <= width ? width : width - GAP.length();
        List<Integer> shown = new ArrayList<>();
        List<Integer> fitting = new ArrayList<>();
        int taken = -GAP.length();
        for (int c = 0; c < least.length; c++) {
            boolean fits = fitting.size() == shown.size() && taken + GAP.length() + least[c] <= room;
            if (fits) {
                fitting.add(c);
                taken += GAP.length() + least[c];
            }
            if (fits || columns.get(c).side() != Side.WORDS) {
                shown.add(c);
            }
        }
        int excess = fitting.stream().mapToInt(c -> GAP.length() + widths[c]).sum() - GAP.length() - room;
        for (; excess > 0; excess--) {
            int widest = fitting.stream()
                    .filter(c -> widths[c] > least[c])
                    .max(Comparator.comparingInt(c -> widths[c]))
                    .orElseThrow();
            widths[widest]--;
        }
        return shown;
    }

    /** Returns the lines of a row: those of the shown columns, then the words of the others. */
    private Stream<String> rows(List<String> texts, List<Integer> shown, int[] widths, int width, boolean isHead) {
        List<List<String>> cells = shown.stream()
                .map(c -> columns.get(c).lines(texts.get(c), widths[c]))
                .toList();
        int height = cells.stream().mapToInt(List::size).max().orElse(0);
        Stream<String> row = IntStream.range(0, height).mapToObj(i -> line(i, cells, shown, widths));
        Stream<String> below = IntStream.range(0, columns.size())
                .filter(c -> !shown.contains(c) && !isHead && !texts.get(c).equals(Column.NOTHING))
                .mapToObj(c -> columns.get(c).lines(texts.get(c), Math.max(1, width - GAP.length())))
                .flatMap(List::stream)
                .map(words -> GAP + words);
        return Stream.concat(row, below);
    }

    private String line(int number, List<List<String>> cells, List<Integer> shown, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            Column<T> column = columns.get(shown.get(i));
            String text = number < cells.get(i).size() ? cells.get(i).get(number) : "";
            String pad = " ".repeat(widths[shown.get(i)] - cells(text));
            line.append(i == 0 ? "" : GAP);
            line.append(column.side() == Side.RIGHT ? pad + text : text + pad);
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

    /** Returns the words of a text on lines of at most {@code width} cells. A longer word is cut. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split(" ", -1)) {
            if (line.length() > 0 && cells(line + " " + word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(cut(word, width));
        }
        lines.add(line.toString());
        return lines;
    }

    /** Returns the text cut to at most {@code width} cells. An ellipsis marks the cut. */
    public static String cut(String text, int width) {
        AttributedString cells = new AttributedString(text);
        return cells.columnLength() <= width
                ? text
                : cells.columnSubSequence(0, width - 1).toString() + CUT;
    }
}
