package dev.weir.shell.text;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * How much of a limit is used.
 *
 * @param limit which it is
 * @param owner of a group's limit the group and a colon; empty for a drive's own
 * @param rate what is done under it, in its unit per second
 * @param allowed what may be done, in its unit per second
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

    /** Returns which part of it is used: 1 is all. */
    public double share() {
        return rate / allowed;
    }

    /** Returns the limit as it is set: {@code bps 10MiB}. */
    public String text() {
        return owner + limit.key() + " " + LimitValues.text(limit.key(), allowed);
    }
}
