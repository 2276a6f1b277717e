package dev.weir.shell.watch;

import dev.weir.drive.control.GroupSnapshot;
import dev.weir.shell.text.LimitUsage;
import dev.weir.shell.text.Rates;
import java.util.Comparator;
import java.util.Optional;

/** What the drives of a group have done together in the last second, and how many of their requests waited. Not thread-safe. */
final class GroupTrack {
    private final History depths = new History();
    private GroupSnapshot last;
    private Rates rates = Rates.NONE;

    GroupTrack(GroupSnapshot group) {
        last = group;
    }

    /** Notes how the group stands, and the sum of what its drives do. */
    void add(GroupSnapshot group, Rates sum) {
        last = group;
        rates = sum;
        depths.add(group.queued());
    }

    GroupSnapshot group() {
        return last;
    }

    Rates rates() {
        return rates;
    }

    Row row() {
        Optional<LimitUsage> usage =
                LimitUsage.all(last.limits(), "", rates).stream().max(Comparator.comparingDouble(LimitUsage::share));
        String trouble = last.reason().isEmpty() ? "" : "holding: " + last.reason();
        return new Row(last.name(), trouble, rates, usage, last.queued(), depths, "-", 0);
    }
}
