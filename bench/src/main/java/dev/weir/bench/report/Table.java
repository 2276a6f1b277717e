package dev.weir.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table in Markdown. Not thread-safe. */
public final class Table {
    private final List<String> lines = new ArrayList<>();

    public Table(String... head) {
        row((Object[]) head);
        row(Stream.of(head).map(name -> "---").toArray());
    }

    public void row(Object... cells) {
        lines.add(Stream.of(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |")));
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
