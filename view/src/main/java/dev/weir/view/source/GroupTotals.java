package dev.weir.view.source;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.LimitTree;
import dev.weir.throttle.LimitKey;
import dev.weir.view.text.Rates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rates and the drives of all groups at one moment. */
final class GroupTotals {
    private final Map<String, GroupSnapshot> groups = new HashMap<>();
    private final Map<String, Rates> rates = new HashMap<>();
    private final Map<String, List<String>> members = new HashMap<>();

    /**
     * Adds up the rates of drives.
     *
     * @param ofDrives the rates by drive; none for a drive without requests
     */
    GroupTotals(Collection<GroupControl> groups, Collection<DriveControl> drives, Map<String, Rates> ofDrives) {
        groups.forEach(group -> this.groups.put(group.name(), group.snapshot()));
        drives.forEach(drive -> add(drive, ofDrives.getOrDefault(drive.name(), Rates.NONE)));
    }

    private void add(DriveControl drive, Rates rate) {
        String group = drive.snapshot().group();
        if (group != null) {
            members.computeIfAbsent(group, name -> new ArrayList<>()).add(drive.name());
        }
        for (int depth = 0; group != null && depth < LimitTree.MAX_DEPTH; depth++) {
            rates.merge(group, rate, Rates::plus);
            GroupSnapshot snapshot = groups.get(group);
            group = snapshot == null ? null : snapshot.parent();
        }
    }

    GroupSnapshot snapshot(GroupControl group) {
        return groups.getOrDefault(group.name(), group.snapshot());
    }

    /** Returns the sum of the rates of all drives below a group. */
    Rates rates(String group) {
        return rates.getOrDefault(group, Rates.NONE);
    }

    /** Returns the names of a group's own drives. */
    List<String> drives(String group) {
        return members.getOrDefault(group, List.of());
    }

    /**
     * Returns a group's part of its parent's rate (percent), in the unit that the parent limits; null without a parent.
     */
    @Nullable
    Long sharePercent(GroupSnapshot group) {
        GroupSnapshot parent = groups.get(group.parent());
        if (parent == null) {
            return null;
        }
        boolean inBytes = LimitKey.ALL.stream()
                .filter(limit -> parent.limits().rate(limit) > 0)
                .allMatch(LimitKey::countsBytes);
        Rates part = rates(group.name());
        Rates whole = rates(parent.name());
        double all = inBytes ? whole.bytes() : whole.requests();
        return all == 0 ? 0 : Math.round(100 * (inBytes ? part.bytes() : part.requests()) / all);
    }
}
