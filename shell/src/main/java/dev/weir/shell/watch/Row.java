package dev.weir.shell.watch;

import dev.weir.shell.text.LimitUsage;
import dev.weir.shell.text.Rates;
import java.util.Optional;

/**
 * A drive or a group as one line of a list.
 *
 * @param name of it
 * @param trouble why it is not serving; empty if it is
 * @param rates of the last second
 * @param usage of the limit that is used most, if there is any
 * @param depth how many requests wait
 * @param depths the same at the last looks
 * @param next when the next request is released
 * @param latencyNanos mean time from a request's arrival to its answer; 0 if none was answered
 */
record Row(
        String name,
        String trouble,
        Rates rates,
        Optional<LimitUsage> usage,
        int depth,
        History depths,
        String next,
        long latencyNanos) {

    String limit() {
        return usage.map(LimitUsage::text).orElse("-");
    }
}
