package dev.weir.view.system;

import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.LiveChanges;
import dev.weir.view.View;
import dev.weir.view.text.Details;
import java.util.List;
import java.util.Map;

/**
 * A change of a group's limits that all hosts of the cluster would save. Nothing has changed.
 *
 * @param group name of the group
 * @param hosts names of the hosts that would save the limits
 * @param before the limits now, by key
 * @param limits the limits after the change, by key
 */
public record ClusterCheckView(String group, List<String> hosts, Map<String, Long> before, Map<String, Long> limits)
        implements View {

    /** Returns the view of a checked change. */
    public static ClusterCheckView of(String group, List<String> hosts, ThrottleLimits before, ThrottleLimits after) {
        return new ClusterCheckView(group, hosts, before.toMap(), after.toMap());
    }

    @Override
    public String text(int width) {
        return new Details()
                .row("group", group)
                .row("now", shown(before))
                .row("then", shown(limits))
                .row("on", String.join(", ", hosts))
                .row("changed", "nothing; without --dry-run these hosts change the limits and save them")
                .text();
    }

    private static String shown(Map<String, Long> limits) {
        return limits.isEmpty() ? "no limits" : LiveChanges.text(limits);
    }
}
