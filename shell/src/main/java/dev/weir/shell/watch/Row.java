package dev.weir.shell.watch;

import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Table;
import java.util.Optional;

/**
 * A row of a list: one drive or one group.
 *
 * @param name the name of the drive or group
 * @param trouble the reason why it is not serving; empty if it is serving
 * @param rates the rates of the last second
 * @param usage the most used limit; empty if no limit is set
 * @param faults the names of the active faults on purpose; empty without one
 * @param depth the number of waiting requests
 * @param held the number of requests that filters hold
 * @param depths the number of waiting requests at the last looks
 * @param next the time until the timer releases the next request
 * @param latencyNanos the mean time from arrival to answer (nanoseconds); 0 if no request was answered
 */
record Row(
        String name,
        String trouble,
        Rates rates,
        Optional<LimitUsage> usage,
        String faults,
        int depth,
        int held,
        History depths,
        String next,
        long latencyNanos) {

    /** Returns the number of waiting requests and, behind a plus, of those that filters hold. */
    String waiting() {
        return depth + (held == 0 ? "" : "+" + held);
    }

    /** Returns the most used limit, and the active faults after it. */
    String limit() {
        String limit = usage.map(LimitUsage::text).orElse("-");
        return faults.isEmpty() ? limit : limit + " fault " + faults;
    }

    /** Returns the same text in exactly {@code cells} cells. A group's name is cut before the key of its limit. */
    String limit(int cells) {
        return Lines.left(Table.cutGroup(limit(), cells), cells);
    }
}
