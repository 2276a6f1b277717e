package dev.weir.view;

import dev.weir.view.text.Table;
import java.util.AbstractList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * A list of rows that is displayed as a table. Scripts use it like any list: {@code each (drives) { … }}.
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

    /** Creates a listing with lines below the table; none if the text is empty. */
    public Listing(Table<T> table, List<T> rows, String footer) {
        this(table, rows, width -> footer.lines()
                .flatMap(line -> Table.wrap(line, width).stream())
                .collect(Collectors.joining("\n")));
    }

    /**
     * Creates a listing with a text below the table.
     *
     * @param footer returns the text for a width; an empty text is omitted
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
