package dev.weir.bench.report;

import java.util.Locale;

/** The goals of the suites that ran and whether this machine reaches them. Not thread-safe. */
public final class Goals {
    private final Table table = new Table("goal", "bound", "measured", "");
    private int count;
    private int missed;

    /** Adds a goal that a figure reaches if it is at least the bound. A figure that was not measured adds nothing. */
    public void atLeast(String goal, double bound, double measured) {
        add(goal, "≥ " + text(bound), measured, measured >= bound);
    }

    /** Adds a goal that a figure reaches if it is at most the bound. A figure that was not measured adds nothing. */
    public void atMost(String goal, double bound, double measured) {
        add(goal, "≤ " + text(bound), measured, measured <= bound);
    }

    private void add(String goal, String bound, double measured, boolean reached) {
        if (Double.isNaN(measured)) {
            return;
        }
        table.row(goal, bound, text(measured), reached ? "reached" : "**missed**");
        count++;
        missed += reached ? 0 : 1;
    }

    private static String text(double value) {
        return String.format(
                Locale.ROOT, value >= 100 ? "%,.0f" : value >= 0.99 && value <= 1.01 ? "%.4f" : "%.2f", value);
    }

    /** Prints the goals, if a suite has any. */
    public void print(Run run) {
        if (count > 0) {
            run.section("Goals", "%d of %d goals are reached on this machine.".formatted(count - missed, count), table);
        }
    }
}
