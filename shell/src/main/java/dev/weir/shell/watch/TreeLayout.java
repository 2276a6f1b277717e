package dev.weir.shell.watch;

import java.util.List;
import java.util.function.Function;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;

/** The columns of the tree of limits. A narrow terminal cuts the last ones. */
final class TreeLayout {
    private static final int RATE = 11;
    private static final int REQUESTS = 7;
    private static final int SHARE = 6;
    private static final int WEIGHT = 7;
    private static final int QUEUED = 7;
    private static final int NARROWEST = 8;

    private final int labels;
    private final int limits;
    private final int minima;

    TreeLayout(List<TreeRow> rows, int columns) {
        labels = Math.min(longest("GROUP", rows, TreeRow::label), Math.max(NARROWEST, columns / 3));
        limits = longest("LIMIT", rows, TreeRow::limit);
        minima = longest("MIN", rows, TreeRow::minima);
    }

    private static int longest(String title, List<TreeRow> rows, Function<TreeRow, String> text) {
        return Math.max(
                Lines.width(title),
                rows.stream().map(text).mapToInt(Lines::width).max().orElse(0));
    }

    /** Returns the header line. */
    String head() {
        return "  " + Lines.left("GROUP", labels)
                + Lines.right("RATE", RATE)
                + Lines.right("REQ/S", REQUESTS)
                + Lines.right("SHARE", SHARE)
                + Lines.right("WEIGHT", WEIGHT)
                + Lines.right("QUEUED", QUEUED)
                + "  " + Lines.left("LIMIT", limits)
                + Lines.right("USED", SHARE)
                + "  " + Lines.left("MIN", minima);
    }

    /** Returns the line of a group or drive. */
    AttributedString line(TreeRow row, boolean picked) {
        AttributedStringBuilder line = new AttributedStringBuilder();
        line.append((picked ? "> " : "  ") + Lines.left(row.label(), labels), picked ? Lines.PICKED : Lines.PLAIN);
        if (!row.trouble().isEmpty() && row.queued() == 0) {
            return line.append("  " + row.trouble(), Lines.FULL).toAttributedString();
        }
        line.append(Lines.right(Layout.bytes(row.rates().bytes()), RATE));
        line.append(Lines.right(Layout.requests(row.rates().requests()), REQUESTS));
        line.append(Lines.right(row.percent(), SHARE));
        line.append(Lines.right(
                row.branch().isRoot() ? "" : Integer.toString(row.share().weight()), WEIGHT));
        line.append(Lines.right(Integer.toString(row.queued()), QUEUED));
        line.append("  " + Lines.left(row.limit(), limits) + " ");
        Layout.used(line, row.usage(), false);
        return line.append("  " + row.minima()).toAttributedString();
    }
}
