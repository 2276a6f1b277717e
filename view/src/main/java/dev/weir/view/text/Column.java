package dev.weir.view.text;

import dev.weir.log.PlainText;
import java.util.List;
import java.util.function.Function;

/**
 * A column of a {@link Table}.
 *
 * @param header the header
 * @param side the alignment of its cells
 * @param cell returns the text of a row's cell; an empty text is shown as a dash
 * @param least the minimum width of a flexible column (terminal cells)
 */
public record Column<T>(String header, Side side, Function<T, String> cell, int least) {

    /** The alignment of a column. Determines whether the column shrinks on a narrow terminal. */
    public enum Side {
        /** Text that never shrinks. */
        LEFT,
        /** Numbers. */
        RIGHT,
        /** Text that shrinks on a narrow terminal. */
        FLEXIBLE,
        /** A limit that shrinks on a narrow terminal. The name of its group shrinks first. */
        LIMIT,
        /** Words with spaces between them, such as {@code bps=10MiB iops=500}. They wrap on a narrow terminal. */
        WORDS
    }

    /** The text of an empty cell. */
    static final String NOTHING = "-";

    /** Returns a text column. */
    public static <T> Column<T> left(String header, Function<T, String> cell) {
        return new Column<>(header, Side.LEFT, cell, 0);
    }

    /** Returns a number column. */
    public static <T> Column<T> right(String header, Function<T, String> cell) {
        return new Column<>(header, Side.RIGHT, cell, 0);
    }

    /** Returns a text column that shrinks on a narrow terminal. */
    public static <T> Column<T> flexible(String header, Function<T, String> cell) {
        return flexible(header, cell, 0);
    }

    /** Returns a text column that shrinks on a narrow terminal to {@code least} cells. */
    public static <T> Column<T> flexible(String header, Function<T, String> cell, int least) {
        return new Column<>(header, Side.FLEXIBLE, cell, least);
    }

    /** Returns a column of limits such as {@code tenant-a: bps}. It shrinks on a narrow terminal. */
    public static <T> Column<T> limit(String header, Function<T, String> cell, int least) {
        return new Column<>(header, Side.LIMIT, cell, least);
    }

    /** Returns a column of words such as {@code bps=10MiB iops=500}. They wrap on a narrow terminal. */
    public static <T> Column<T> words(String header, Function<T, String> cell) {
        return new Column<>(header, Side.WORDS, cell, 0);
    }

    /** Returns whether it shrinks on a narrow terminal. */
    boolean shrinks() {
        return side != Side.LEFT && side != Side.RIGHT;
    }

    /** Returns the lines of a cell, each of at most {@code width} terminal cells. Only words have several. */
    List<String> lines(String text, int width) {
        if (side == Side.WORDS) {
            return Table.wrap(text, width);
        }
        return List.of(side == Side.LIMIT ? Table.cutGroup(text, width) : Table.cut(text, width));
    }

    /** Returns a cell's text as one line. Escapes control characters so that they do not reach the terminal. */
    String text(T row) {
        String text = PlainText.of(cell.apply(row).replace('\n', ' ')).strip();
        return text.isEmpty() ? NOTHING : text;
    }
}
