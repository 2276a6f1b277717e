package dev.weir.shell.watch;

import dev.weir.drive.control.GroupSnapshot;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import java.util.Comparator;
import java.util.Optional;

/** The combined rates of a group's drives in the last second, and the group's queue depth. Not thread-safe. */
final class GroupTrack {
    private final History depths = new History();
    private GroupSnapshot last;
    private Rates rates = Rates.NONE;

    GroupTrack(GroupSnapshot group) {
        last = group;
    }

    /** Adds a snapshot of the group and the sum of its drives' rates. */
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
        return new Row(last.name(), trouble, rates, usage, "", last.queued(), 0, depths, "-", 0);
    }
}
