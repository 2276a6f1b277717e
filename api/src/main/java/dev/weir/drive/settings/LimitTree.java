package dev.weir.drive.settings;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the tree of limits: groups below groups and drives below them.
 *
 * <ul>
 * <li>A parent exists and is not below its own member.
 * <li>A tree has at most {@value #MAX_DEPTH} levels of groups.
 * <li>A minimum is at most the own limit of the same unit.
 * <li>The limits of a group cover the sum of its members' minima. A group needs at least this sum from its parent.
 * </ul>
 *
 * <p>Immutable and thread-safe.
 */
public final class LimitTree {

    /** The most levels of groups. */
    public static final int MAX_DEPTH = 8;

    private final Map<String, Node> groups = new LinkedHashMap<>();
    private final List<Node> nodes;
    private final List<Fault> faults = new ArrayList<>();

    /**
     * A group or a drive.
     *
     * @param name the name
     * @param isDrive whether it is a drive
     * @param parent the name of the group above; null for none
     * @param limits the own limits
     * @param share the share in the limits above
     */
    public record Node(String name, boolean isDrive, @Nullable String parent, ThrottleLimits limits, Share share) {

        /**
         * {@return the node of a group}
         *
         * @param group the settings of the group
         */
        public static Node of(GroupSettings group) {
            return new Node(group.name(), false, group.parent(), group.limits(), group.share());
        }

        /**
         * {@return the node of a drive}
         *
         * @param drive the settings of the drive
         */
        public static Node of(DriveSettings drive) {
            return new Node(drive.name(), true, drive.group(), drive.limits(), drive.share());
        }

        @Override
        public String toString() {
            return (isDrive ? "drive " : "group ") + name;
        }
    }

    /**
     * A broken rule.
     *
     * @param node the group or drive
     * @param key the key of its settings such as {@code min.iops} or {@code limits.iops}
     * @param value the rejected value
     * @param rule the rule that it breaks
     */
    public record Fault(Node node, String key, String value, String rule) {
        @Override
        public String toString() {
            return node + ": " + key + " = " + value + ": " + rule;
        }
    }

    private LimitTree(Collection<Node> nodes) {
        this.nodes = List.copyOf(nodes);
        for (Node node : nodes) {
            if (!node.isDrive) {
                groups.put(node.name, node);
            }
        }
    }

    /**
     * {@return the broken rules; may be empty} A drive in a missing group breaks none of them.
     *
     * @param nodes all groups and drives, with unique names among the groups
     */
    public static List<Fault> faults(Collection<Node> nodes) {
        return new LimitTree(nodes).check();
    }

    private List<Fault> check() {
        Set<String> rootless = new LinkedHashSet<>();
        for (Node group : groups.values()) {
            if (!hasRoot(group)) {
                rootless.add(group.name);
            }
        }
        nodes.forEach(this::checkOwnLimits);
        if (rootless.isEmpty()) {
            checkCover();
        }
        return faults;
    }

    private boolean hasRoot(Node group) {
        Set<String> path = new LinkedHashSet<>();
        for (Node node = group; node != null; node = node.parent == null ? null : groups.get(node.parent)) {
            if (!path.add(node.name)) {
                if (node.name.equals(group.name)) {
                    faults.add(new Fault(
                            group,
                            "parent",
                            String.valueOf(group.parent),
                            "must not be below the group itself: " + String.join(" in ", path) + " in " + node.name));
                }
                return false;
            }
            if (path.size() == 1 && node.parent != null && !groups.containsKey(node.parent)) {
                faults.add(new Fault(group, "parent", node.parent, "there is no such group"));
                return false;
            }
        }
        if (path.size() == MAX_DEPTH + 1) {
            faults.add(new Fault(
                    group,
                    "parent",
                    String.valueOf(group.parent),
                    "makes " + path.size() + " levels of groups, at most " + MAX_DEPTH + " are allowed"));
        }
        return path.size() <= MAX_DEPTH;
    }

    private void checkOwnLimits(Node node) {
        for (LimitKey limit : List.of(LimitKey.BPS, LimitKey.IOPS)) {
            long minimum = node.share.minimum(limit);
            long rate = node.limits.rate(limit);
            if (rate > 0 && minimum > rate) {
                faults.add(new Fault(
                        node,
                        limit.countsBytes() ? Share.MIN_BPS : Share.MIN_IOPS,
                        Long.toString(minimum),
                        "must not be above its own limit " + key(node, limit) + " = " + rate));
            }
        }
    }

    /** Returns the key of the least rate. That of a limit that scales with the size is its floor. */
    private static String key(Node node, LimitKey limit) {
        return node.limits.isScaled(limit) ? limit.key() + "_floor" : limit.key();
    }

    private void checkCover() {
        Map<String, List<Node>> members = new HashMap<>();
        for (Node node : nodes) {
            if (node.parent != null) {
                members.computeIfAbsent(node.parent, name -> new ArrayList<>()).add(node);
            }
        }
        for (Node group : groups.values()) {
            for (LimitKey limit : LimitKey.ALL) {
                long rate = group.limits.rate(limit);
                long sum = rate == 0 ? 0 : sum(group, limit, members);
                if (sum > rate) {
                    faults.add(new Fault(
                            group,
                            "limits." + key(group, limit),
                            Long.toString(rate),
                            "must cover the minima of its members, which are " + sum));
                }
            }
        }
    }

    /** Returns the sum of the minima of a group's members. A group needs at least that sum. */
    private static long sum(Node group, LimitKey limit, Map<String, List<Node>> members) {
        long sum = 0;
        for (Node member : members.getOrDefault(group.name, List.of())) {
            long below = member.isDrive ? 0 : sum(member, limit, members);
            sum += Math.max(member.share.minimum(limit), below);
            // the highest minimum is 10^15, so that a few thousand of them do not fit into a long
            sum = Math.min(sum, Long.MAX_VALUE / 2);
        }
        return sum;
    }
}
