package dev.weir.shell.watch;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.LimitTree;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * The tracked drives and groups. Each look takes snapshots of all visible drives and a part of the hidden ones.
 *
 * <p>Not thread-safe.
 */
final class Watched {
    private final Map<String, Track> tracks = new HashMap<>();
    private List<Track> configured = List.of();
    private final Map<String, GroupTrack> groups = new TreeMap<>();
    private Predicate<Track> shown = track -> true;
    private int looks;

    /** Sets the visible drives. All drives are visible until the first call. */
    void show(List<Track> tracksShown) {
        shown = Set.copyOf(tracksShown)::contains;
    }

    /**
     * Takes snapshots.
     *
     * @param now the time (nanoseconds from any origin)
     * @param parts the number of looks within which each hidden drive gets one snapshot; at least 1
     */
    void look(List<DriveControl> drives, List<GroupControl> shared, long now, int parts) {
        List<Track> seen = new ArrayList<>(drives.size());
        Map<String, GroupSnapshot> snapshots = new HashMap<>();
        shared.forEach(group -> snapshots.put(group.name(), group.snapshot()));
        Map<String, Rates> sums = new HashMap<>();
        looks++;
        for (DriveControl control : drives) {
            boolean turn = (looks + seen.size()) % parts == 0;
            Track track = tracks.get(control.name());
            if (track == null) {
                track = new Track(control.snapshot(), now);
                tracks.put(control.name(), track);
            } else if (turn || shown.test(track)) {
                track.add(control.snapshot(), now);
            }
            DriveSnapshot drive = track.drive();
            seen.add(track);
            String group = drive.group();
            for (int depth = 0; group != null && depth < LimitTree.MAX_DEPTH; depth++) {
                sums.merge(group, track.rates(), Rates::plus);
                GroupSnapshot snapshot = snapshots.get(group);
                group = snapshot == null ? null : snapshot.parent();
            }
        }
        if (tracks.size() > seen.size()) {
            tracks.values().retainAll(Set.copyOf(seen));
        }
        configured = seen;
        snapshots.forEach((name, snapshot) -> groups.computeIfAbsent(name, group -> new GroupTrack(snapshot))
                .add(snapshot, sums.getOrDefault(name, Rates.NONE)));
        groups.keySet().retainAll(snapshots.keySet());
    }

    Optional<Track> find(String drive) {
        return Optional.ofNullable(tracks.get(drive));
    }

    /** Returns all drives in an order. */
    List<Track> all(Order order) {
        List<Track> all = new ArrayList<>(configured);
        switch (order) {
            case CONFIGURED -> {}
            case RATE -> all.sort(descending(track -> track.rates().bytes()));
            case USED ->
                all.sort(descending(
                        track -> tightest(track).map(LimitUsage::share).orElse(0.0)));
            case QUEUE -> all.sort(descending(track -> (double) track.depth()));
        }
        return all;
    }

    private static Comparator<Track> descending(ToDoubleFunction<Track> by) {
        return Comparator.comparingDouble(by).reversed();
    }

    /** Returns the usage of a drive's limits and of its group's limits. */
    List<LimitUsage> usages(Track of) {
        List<LimitUsage> usages = new ArrayList<>(LimitUsage.all(of.drive().limits(), "", of.rates()));
        GroupTrack group = groups.get(String.valueOf(of.drive().group()));
        if (group != null) {
            ThrottleLimits limits = group.group().limits();
            usages.addAll(LimitUsage.all(limits, group.group().name() + ": ", group.rates()));
        }
        return usages;
    }

    /** Returns the groups by name. */
    List<GroupTrack> groups() {
        return List.copyOf(groups.values());
    }

    /** Returns the most used limit of a drive or its group; empty if no limit is set. */
    Optional<LimitUsage> tightest(Track of) {
        return usages(of).stream().max(Comparator.comparingDouble(LimitUsage::share));
    }

    /** The display order of drives. */
    enum Order {
        CONFIGURED,
        RATE,
        USED,
        QUEUE;

        Order next() {
            return values()[(ordinal() + 1) % values().length];
        }
    }
}
