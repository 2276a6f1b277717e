package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.Branch;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.LimitValues;
import dev.weir.view.text.Rates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A group or drive in the tree of limits.
 *
 * @param name its name
 * @param isGroup whether it is a group
 * @param branch its place in the tree
 * @param trouble why it holds every request or is unavailable; empty if it serves
 * @param rates the rates of the last second
 * @param sharePercent its part of the rate of the group above, in the unit that this group limits; null without one
 * @param share its weight and minima
 * @param usage its most used limit; empty without a limit
 * @param queued the number of waiting requests
 */
record TreeRow(
        String name,
        boolean isGroup,
        Branch branch,
        String trouble,
        Rates rates,
        @Nullable Long sharePercent,
        Share share,
        Optional<LimitUsage> usage,
        int queued) {

    /** The name of no group. */
    private static final String ROOT = "";

    /** Returns all groups, each followed by the groups and the drives below it. Drives without a group are left out. */
    static List<TreeRow> all(Watched watched) {
        Map<String, List<GroupTrack>> groups = new HashMap<>();
        Map<String, List<Track>> drives = new HashMap<>();
        Set<String> names =
                watched.groups().stream().map(track -> track.group().name()).collect(Collectors.toSet());
        for (GroupTrack track : watched.groups()) {
            String parent = track.group().parent();
            String above = parent == null || !names.contains(parent) ? ROOT : parent;
            groups.computeIfAbsent(above, name -> new ArrayList<>()).add(track);
        }
        for (Track track : watched.all(Watched.Order.CONFIGURED)) {
            String group = track.drive().group();
            if (group != null) {
                drives.computeIfAbsent(group, name -> new ArrayList<>()).add(track);
            }
        }
        List<TreeRow> rows = new ArrayList<>();
        groups.getOrDefault(ROOT, List.of()).forEach(track -> add(rows, groups, drives, track, null, Branch.ROOT));
        return rows;
    }

    /** Groups that are below themselves hang below no root and are left out. */
    private static void add(
            List<TreeRow> rows,
            Map<String, List<GroupTrack>> groups,
            Map<String, List<Track>> drives,
            GroupTrack track,
            @Nullable GroupTrack above,
            Branch branch) {
        GroupSnapshot group = track.group();
        String trouble = group.reason().isEmpty() ? "" : "holding: " + group.reason();
        rows.add(new TreeRow(
                group.name(),
                true,
                branch,
                trouble,
                track.rates(),
                percent(track.rates(), above),
                group.share(),
                tightest(group.limits(), track.rates()),
                group.queued()));
        List<GroupTrack> groupsBelow = groups.getOrDefault(group.name(), List.of());
        List<Track> drivesBelow = drives.getOrDefault(group.name(), List.of());
        int left = groupsBelow.size() + drivesBelow.size();
        for (GroupTrack below : groupsBelow) {
            left--;
            add(rows, groups, drives, below, track, branch.child(left == 0));
        }
        for (Track drive : drivesBelow) {
            left--;
            rows.add(of(drive, track, branch.child(left == 0)));
        }
    }

    private static TreeRow of(Track track, GroupTrack above, Branch branch) {
        DriveSnapshot drive = track.drive();
        return new TreeRow(
                drive.name(),
                false,
                branch,
                drive.state() == State.SERVING ? "" : drive.reason(),
                track.rates(),
                percent(track.rates(), above),
                drive.share(),
                tightest(drive.limits(), track.rates()),
                track.depth());
    }

    private static Optional<LimitUsage> tightest(ThrottleLimits limits, Rates rates) {
        return LimitUsage.all(limits, "", rates).stream().max(Comparator.comparingDouble(LimitUsage::share));
    }

    private static @Nullable Long percent(Rates rates, @Nullable GroupTrack above) {
        if (above == null) {
            return null;
        }
        boolean inBytes = LimitKey.ALL.stream()
                .filter(limit -> above.group().limits().rate(limit) > 0)
                .allMatch(LimitKey::countsBytes);
        double whole = inBytes ? above.rates().bytes() : above.rates().requests();
        double part = inBytes ? rates.bytes() : rates.requests();
        return whole == 0 ? 0 : Math.round(100 * part / whole);
    }

    /** Returns a text that no other row has. A group and a drive may have the same name. */
    String key() {
        return (isGroup ? "group " : "drive ") + name;
    }

    /** Returns the name behind its branch. */
    String label() {
        return branch.text() + name;
    }

    /** Returns the part of the rate of the group above. */
    String percent() {
        return sharePercent == null ? "" : sharePercent + "%";
    }

    /** Returns the minima in the syntax of commands. */
    String minima() {
        return List.of(LimitKey.BPS, LimitKey.IOPS).stream()
                .filter(limit -> share.minimum(limit) > 0)
                .map(limit -> limit.key() + "=" + LimitValues.text(limit.key(), share.minimum(limit)))
                .collect(Collectors.joining(" "));
    }

    /** Returns the most used limit. */
    String limit() {
        return usage.map(LimitUsage::text).orElse("-");
    }

    /** Returns whether the name contains a text; any case. */
    boolean matches(String text) {
        return name.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
    }
}
