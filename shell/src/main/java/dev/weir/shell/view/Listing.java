package dev.weir.shell.view;

import dev.weir.shell.text.Table;
import java.util.AbstractList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Rows of a kind, shown as a table. A list like any other to scripts: {@code each (drives) { … }}.
 *
 * <p>Immutable.
 */
public final class Listing<T> extends AbstractList<T> implements View {
    private final Table<T> table;
    private final List<T> rows;
    private final IntFunction<String> footer;

    public Listing(Table<T> table, List<T> rows) {
        this(table, rows, "");
    }

    /** Makes one with a line that is true of all rows; empty if there is none. */
    public Listing(Table<T> table, List<T> rows, String footer) {
        this(table, rows, width -> Table.cut(footer, width));
    }

    /**
     * Makes one with a text about all rows.
     *
     * @param footer returns the text for a width; empty if there is none
     */
    Listing(Table<T> table, List<T> rows, IntFunction<String> footer) {
        this.table = table;
        this.rows = List.copyOf(rows);
        this.footer = footer;
    }

    @Override
    public T get(int index) {
        return rows.get(index);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public String text(int width) {
        String below = footer.apply(width);
        return table.text(rows, width) + (below.isEmpty() ? "" : "\n\n" + below);
    }
}
