package dev.weir.shell.watch;

import dev.weir.view.text.Bars;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Units;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * The column widths of a list. The columns for names and limits fit their longest text. Further columns appear if
 * they fit, and the history takes the remaining width.
 */
final class Layout {
    private static final int MARK = 2;
    private static final int RATE = 11;
    private static final int SHARE = 5;
    private static final int QUEUED = 7;
    private static final int GAP = 2;
    private static final int BAR = 8;
    private static final int HISTORY = 8;

    private static final int NARROWEST = 5;
    private static final double NEARLY_ALL = 0.9;
    private static final double ALL = 0.99;

    /** The optional columns, in descending priority. */
    private enum Extra {
        REQUESTS(7),
        BAR(Layout.BAR + 1),
        HISTORY(Layout.HISTORY + 1),
        NEXT(8),
        READS(RATE),
        WRITES(RATE),
        LATENCY(9);

        private final int cells;

        Extra(int cells) {
            this.cells = cells;
        }
    }

    private final String title;
    private final Set<Extra> extras = EnumSet.noneOf(Extra.class);
    private final int names;
    private final int limits;
    private final int history;

    /**
     * Divides the width among the columns.
     *
     * @param title the header of the column for names
     * @param rows the rows to display
     * @param columns the available width (cells)
     */
    Layout(String title, List<Row> rows, int columns) {
        this.title = title;
        int longestName = longest(title, rows.stream().map(Row::name).toList());
        int longestLimit = longest("LIMIT", rows.stream().map(Row::limit).toList());
        int fixed = MARK + RATE + GAP + SHARE + QUEUED;
        int name = Math.min(longestName, columns / 2);
        int limit = Math.min(longestLimit, columns / 3);
        name = Math.max(NARROWEST, Math.min(name, columns - fixed - limit));
        limit = Math.max(NARROWEST, Math.min(limit, columns - fixed - name));
        int room = columns - fixed - name - limit;
        for (Extra extra : Extra.values()) {
            if (room >= extra.cells) {
                extras.add(extra);
                room -= extra.cells;
            }
        }
        int moreName = Math.max(0, Math.min(room, longestName - name));
        int moreLimit = Math.max(0, Math.min(room - moreName, longestLimit - limit));
        names = name + moreName;
        limits = limit + moreLimit;
        history = Math.min(History.LENGTH, HISTORY + Math.max(0, room - moreName - moreLimit));
    }

    private static int longest(String title, List<String> texts) {
        return Math.max(
                Lines.width(title), texts.stream().mapToInt(Lines::width).max().orElse(0));
    }

    /** Returns the header line. */
    String head() {
        return "  " + Lines.left(title, names) + Lines.right("RATE", RATE)
                + right(Extra.REQUESTS, "REQ/S")
                + right(Extra.READS, "READS")
                + right(Extra.WRITES, "WRITES")
                + "  " + Lines.left("LIMIT", limits)
                + (extras.contains(Extra.BAR) ? " " + Lines.left("", BAR) : "")
                + Lines.right("USED", SHARE)
                + Lines.right("QUEUED", QUEUED)
                + (extras.contains(Extra.HISTORY) ? " " + Lines.left("", history) : "")
                + right(Extra.NEXT, "NEXT")
                + right(Extra.LATENCY, "LATENCY");
    }

    /** Returns the line of a drive or group. */
    AttributedString line(Row row, boolean picked) {
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.append((picked ? "> " : "  ") + Lines.left(row.name(), names), picked ? Lines.PICKED : Lines.PLAIN);
        if (!row.trouble().isEmpty() && row.depth() + row.held() == 0) {
            return line.append("  " + row.trouble(), Lines.FULL).toAttributedString();
        }
        line.append(Lines.right(bytes(row.rates().bytes()), RATE));
        line.append(right(Extra.REQUESTS, requests(row.rates().requests())));
        line.append(right(Extra.READS, bytes(row.rates().readBytes())));
        line.append(right(Extra.WRITES, bytes(row.rates().writeBytes())));
        line.append("  " + row.limit(limits));
        used(line, row.usage(), extras.contains(Extra.BAR));
        line.append(Lines.right(row.waiting(), QUEUED));
        if (extras.contains(Extra.HISTORY)) {
            line.append(" ");
            line.append(Lines.left(Bars.sparkline(row.depths().last(history)), history), Lines.TIGHT);
        }
        line.append(right(Extra.NEXT, row.next()));
        line.append(right(Extra.LATENCY, row.latencyNanos() == 0 ? "-" : Units.nanos(row.latencyNanos())));
        return line.toAttributedString();
    }

    private String right(Extra column, String text) {
        return extras.contains(column) ? Lines.right(text, column.cells) : "";
    }

    /** Appends the usage of a limit as a percentage, after a bar if {@code bar} is true. */
    static void used(AttributedStringBuilder line, Optional<LimitUsage> usage, boolean bar) {
        double share = usage.map(LimitUsage::share).orElse(0.0);
        AttributedStyle style = share > ALL ? Lines.FULL : share > NEARLY_ALL ? Lines.TIGHT : Lines.FREE;
        if (bar) {
            line.append(" ");
            line.append(usage.isPresent() ? Bars.bar(share, BAR) : " ".repeat(BAR), style);
        }
        line.append(Lines.right(usage.isPresent() ? Math.round(share * 100) + "%" : "-", SHARE));
    }

    static String bytes(double perSecond) {
        return Units.bytes(Math.round(perSecond)) + "/s";
    }

    /** Returns a request rate in at most six characters. */
    static String requests(double perSecond) {
        long whole = Math.round(perSecond);
        return whole < 100_000
                ? Long.toString(whole)
                : whole < 100_000_000 ? whole / 1000 + "k" : whole / 1_000_000 + "M";
    }
}
