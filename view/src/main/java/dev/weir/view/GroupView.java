package dev.weir.view;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.view.text.Branch;
import dev.weir.view.text.Column;
import dev.weir.view.text.Details;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A group of drives that share limits.
 *
 * @param name the name of the group
 * @param state {@code serving} or {@code holding}: the queues of its drives wait because the policy is missing
 * @param reason the reason for holding; empty while serving
 * @param policy the type of its policy
 * @param policySetBy the origin of the policy: a place in a file, {@code shell} or {@code default}
 * @param limits the limits by key; this field and the four that follow are as in {@link LimitsView}
 * @param effective see {@link LimitsView}
 * @param owedNanos see {@link LimitsView}
 * @param owedBurstNanos see {@link LimitsView}
 * @param setBy the origins as in {@link LimitsView}. The keys are those of the limits and {@code parent},
 *     {@code weight}, {@code min.bps} and {@code min.iops}.
 * @param configured the configured values as in {@link LimitsView}, also of the parent, the weight and the minima
 * @param parent the group whose limits apply beside its own; {@code null} without a parent
 * @param weight the weight of its share in the limits of the parent
 * @param min its minima by key: {@code bps} and {@code iops}
 * @param rates the rates of all drives below it
 * @param sharePercent its part of the parent's rate (percent); {@code null} without a parent. It counts bytes if the
 *     parent limits bytes only and requests otherwise.
 * @param drives the names of its drives
 * @param waitingDrives the number of drives with waiting requests at any level below
 * @param queued the number of waiting requests of these drives
 */
public record GroupView(
        String name,
        State state,
        String reason,
        String policy,
        String policySetBy,
        Map<String, Long> limits,
        Map<String, Long> effective,
        Map<String, Long> owedNanos,
        Map<String, Long> owedBurstNanos,
        Map<String, String> setBy,
        Map<String, Object> configured,
        @Nullable String parent,
        int weight,
        Map<String, Long> min,
        DriveRates rates,
        @Nullable Long sharePercent,
        List<String> drives,
        int waitingDrives,
        int queued)
        implements View {

    /** The least width of the column for names (terminal cells). */
    private static final int LEAST_NAME = 16;

    /** Returns a table that indents each group below its parent. */
    private static Table<GroupView> table(Map<String, Branch> branches) {
        return new Table<>(
                "no groups",
                List.of(
                        Column.flexible(
                                "GROUP",
                                group -> branches.getOrDefault(group.name, Branch.ROOT)
                                                .text()
                                        + group.name,
                                LEAST_NAME),
                        Column.flexible("STATE", group -> DriveView.standing(group.state, group.reason), 16),
                        Column.right("QUEUED", group -> Integer.toString(group.queued)),
                        Column.right("REQ/S", group -> Long.toString(group.rates.requests())),
                        Column.right("SHARE", GroupView::share),
                        Column.right("WEIGHT", group -> group.parent == null ? "" : Integer.toString(group.weight)),
                        Column.words("MIN", group -> LiveChanges.text(group.min)),
                        Column.words("LIMITS", group -> LiveChanges.text(group.limits)),
                        Column.flexible("DRIVES", group -> String.join(", ", group.drives))));
    }

    /** Returns the minima of a share by key. */
    static Map<String, Long> minima(Share share) {
        Map<String, Long> min = new LinkedHashMap<>();
        for (LimitKey key : List.of(LimitKey.BPS, LimitKey.IOPS)) {
            if (share.minimum(key) > 0) {
                min.put(key.key(), share.minimum(key));
            }
        }
        return Collections.unmodifiableMap(min);
    }

    /**
     * Returns a view of a group.
     *
     * @param rates the rates of all drives below it
     * @param sharePercent its part of the parent's rate, or null
     */
    public static GroupView of(
            GroupSnapshot group,
            Map<String, String> origins,
            Rates rates,
            @Nullable Long sharePercent,
            List<String> drives) {
        LimitsView limits = LimitsView.of(group, origins);
        return new GroupView(
                group.name(),
                group.reason().isEmpty() ? State.SERVING : State.HOLDING,
                group.reason(),
                group.policy(),
                group.policy().equals(group.settings().policy())
                        ? origins.getOrDefault("policy", "default")
                        : LimitsView.SHELL,
                limits.limits(),
                limits.effective(),
                limits.owedNanos(),
                limits.owedBurstNanos(),
                setBy(limits, group, origins),
                limits.configured(),
                group.parent(),
                group.share().weight(),
                minima(group.share()),
                DriveRates.of(rates),
                sharePercent,
                List.copyOf(drives),
                group.waitingDrives(),
                group.queued());
    }

    /** Returns the origins of the limits, the share and the parent. */
    private static Map<String, String> setBy(LimitsView limits, GroupSnapshot group, Map<String, String> origins) {
        Map<String, String> setBy = new LinkedHashMap<>(limits.setBy());
        List<String> keys = new ArrayList<>(group.share().toMap().keySet());
        if (group.parent() != null) {
            keys.add(0, "parent");
        }
        keys.forEach(key -> setBy.put(
                key,
                limits.configured().containsKey(key) ? LimitsView.SHELL : origins.getOrDefault(key, "configuration")));
        return Collections.unmodifiableMap(setBy);
    }

    private String share() {
        return sharePercent == null ? "" : sharePercent + "%";
    }

    /** Returns the groups as a tree: each group is followed by those below it. */
    public static Listing<GroupView> list(List<GroupView> groups) {
        Map<String, List<GroupView>> below = new LinkedHashMap<>();
        groups.forEach(group -> below.computeIfAbsent(String.valueOf(group.parent), name -> new ArrayList<>())
                .add(group));
        Set<String> names = groups.stream().map(GroupView::name).collect(Collectors.toSet());
        List<GroupView> tree = new ArrayList<>();
        Map<String, Branch> branches = new LinkedHashMap<>();
        for (GroupView group : groups) {
            if (group.parent == null || !names.contains(group.parent)) {
                grow(tree, branches, group, Branch.ROOT, below);
            }
        }
        // groups in a cycle of parents have no root
        groups.stream().filter(group -> !branches.containsKey(group.name)).forEach(tree::add);
        return new Listing<>(table(branches), tree, LiveChanges.note(groups, GroupView::configured, GroupView::name));
    }

    private static void grow(
            List<GroupView> tree,
            Map<String, Branch> branches,
            GroupView group,
            Branch branch,
            Map<String, List<GroupView>> below) {
        tree.add(group);
        branches.put(group.name, branch);
        List<GroupView> children = below.getOrDefault(group.name, List.of());
        for (int i = 0; i < children.size(); i++) {
            grow(tree, branches, children.get(i), branch.child(i == children.size() - 1), below);
        }
    }

    @Override
    public String text(int width) {
        LimitsView view = new LimitsView(
                name, policy, limits, effective, owedNanos, owedBurstNanos, setBy, weight, min, configured);
        return new Details()
                .row("group", name)
                .row("state", DriveView.standing(state, reason))
                .row("policy", policy + " (" + policySetBy + ")")
                .row("parent", parent == null ? "" : parent + origin(setBy.get("parent")))
                .row("share", shareText())
                .row("rate", "%s/s, %d requests/s".formatted(Units.bytes(rates.bytes()), rates.requests()))
                .row("limits", view.text(Details.textWidth(width), parent == null))
                .row("queue", "%d waiting requests of %d drives".formatted(queued, waitingDrives))
                .row("drives", String.join(", ", drives))
                .text();
    }

    private String shareText() {
        if (parent == null) {
            return "";
        }
        String origins = Stream.of(Share.WEIGHT, Share.MIN_BPS, Share.MIN_IOPS)
                .filter(setBy::containsKey)
                .map(setBy::get)
                .distinct()
                .collect(Collectors.joining(", "));
        return LimitsView.share(weight, min) + origin(origins) + ", now " + share() + " of " + parent;
    }

    private static String origin(@Nullable String origin) {
        return origin == null || origin.isEmpty() ? "" : " (" + origin + ")";
    }
}
