package dev.weir.view.text;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * The usage of one limit.
 *
 * @param limit the key of the limit
 * @param owner a group's name followed by a colon and a space; empty for a limit of the drive itself
 * @param rate the measured rate (in the limit's unit per second)
 * @param allowed the limit (in its unit per second)
 */
public record LimitUsage(LimitKey limit, String owner, double rate, long allowed) {

    /** Returns the usage of each limit that is set. */
    public static List<LimitUsage> all(ThrottleLimits limits, String owner, Rates rates) {
        List<LimitUsage> all = new ArrayList<>();
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                all.add(new LimitUsage(limit, owner, rates.under(limit), limits.rate(limit)));
            }
        }
        return all;
    }

    /** Returns the used share of the limit (1 for all of it). */
    public double share() {
        return rate / allowed;
    }

    /** Returns the limit with its value, for example {@code bps 10MiB}. */
    public String text() {
        return owner + limit.key() + " " + LimitValues.text(limit.key(), allowed);
    }
}
