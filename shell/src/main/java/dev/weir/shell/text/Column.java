package dev.weir.shell.text;

import dev.weir.log.PlainText;
import java.util.function.Function;

/**
 * One column of a {@link Table}.
 *
 * @param header what stands above it
 * @param side where its cells are aligned
 * @param cell what it shows of a row; nothing is shown as a dash
 * @param least the fewest cells of the terminal that a flexible one is cut to
 */
public record Column<T>(String header, Side side, Function<T, String> cell, int least) {

    /** Where the cells of a column are aligned, and whether they give way when the terminal is narrow. */
    public enum Side {
        /** Words, of which nothing is left out while others can give way. */
        LEFT,
        /** Numbers. */
        RIGHT,
        /** Long words, which give way first. */
        FLEXIBLE
    }

    /** Returns a column of words. */
    public static <T> Column<T> left(String header, Function<T, String> cell) {
        return new Column<>(header, Side.LEFT, cell, 0);
    }

    /** Returns a column of numbers. */
    public static <T> Column<T> right(String header, Function<T, String> cell) {
        return new Column<>(header, Side.RIGHT, cell, 0);
    }

    /** Returns a column of words that are cut when the terminal is narrow. */
    public static <T> Column<T> flexible(String header, Function<T, String> cell) {
        return flexible(header, cell, 0);
    }

    /** Returns a column of words that are cut when the terminal is narrow, but not to less than some cells. */
    public static <T> Column<T> flexible(String header, Function<T, String> cell, int least) {
        return new Column<>(header, Side.FLEXIBLE, cell, least);
    }

    /** Returns the text of one cell: a line without control characters, which would reach the terminal. */
    String text(T row) {
        String text = PlainText.of(cell.apply(row).replace('\n', ' ')).strip();
        return text.isEmpty() ? "-" : text;
    }
}
