package dev.weir.shell.view;

import dev.weir.shell.text.Table;
import java.util.AbstractList;
import java.util.List;

/**
 * Rows of a kind, shown as a table. A list like any other to scripts: {@code each (drives) { … }}.
 *
 * <p>Immutable.
 */
public final class Listing<T> extends AbstractList<T> implements View {
    private final Table<T> table;
    private final List<T> rows;
    private final String footer;

    public Listing(Table<T> table, List<T> rows) {
        this(table, rows, "");
    }

    /**
     * Makes one with something to be said of all rows.
     *
     * @param footer what that is; empty if nothing
     */
    public Listing(Table<T> table, List<T> rows, String footer) {
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
        return table.text(rows, width) + (footer.isEmpty() ? "" : "\n\n" + Table.cut(footer, width));
    }
}
