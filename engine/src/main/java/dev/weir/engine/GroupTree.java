package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.drive.settings.LimitTree;
import dev.weir.engine.factory.Policies;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The groups of an engine and their places in the tree of limits.
 *
 * <p>Not thread-safe: needs the engine's lock.
 */
final class GroupTree {
    private final Clock clock;
    private final Map<String, ManagedGroup> groups = new HashMap<>();

    /** Groups whose parent does not exist or is below them. A placeholder above them holds every request. */
    private final Set<ManagedGroup> strays = new LinkedHashSet<>();

    GroupTree(Clock clock) {
        this.clock = clock;
    }

    @Nullable
    ManagedGroup get(String name) {
        return groups.get(name);
    }

    Collection<ManagedGroup> values() {
        return groups.values();
    }

    void clear() {
        groups.clear();
        strays.clear();
    }

    /** Adds a group below its parent. Groups that have waited for it move below it. */
    void add(ManagedGroup group) {
        groups.put(group.name(), group);
        place(group);
        placeStrays();
    }

    /**
     * Removes a group. Groups that still name it hold every request.
     *
     * @param moveDrives moves its drives; the limits above the group hold until the last of them has left
     */
    void remove(ManagedGroup group, Runnable moveDrives) {
        groups.remove(group.name());
        strays.remove(group);
        moveDrives.run();
        for (ManagedGroup member : groups.values()) {
            if (group.name().equals(member.currentParent())) {
                place(member);
            }
        }
        group.node().moveTo(null, () -> {});
        placeStrays();
    }

    /** Changes a group and moves it with all below it. */
    void change(
            ManagedGroup group,
            @Nullable String parent,
            String policy,
            @Nullable ThrottlePolicyFactory factory,
            ThrottleLimits limits,
            Share share) {
        group.currentParent(parent);
        group.reconfigure(above(group), policy, factory, limits, share);
        placeStrays();
    }

    /**
     * Applies settings and keeps live changes of other keys; see {@link Policies#merge}.
     *
     * @param settle called with the new settings before they apply
     */
    void configureAgain(ManagedGroup group, GroupSettings settings, Policies policies, Consumer<ManagedGroup> settle) {
        GroupSettings before = group.settings();
        Policies.Choice merged = policies.merge(
                new Policies.Choice(group.policyType(), group.currentLimits()),
                Policies.Choice.of(before),
                Policies.Choice.of(settings));
        Share share = settings.share().equals(before.share()) ? group.currentShare() : settings.share();
        boolean sameParent = Objects.equals(settings.parent(), before.parent());
        String parent = sameParent ? group.currentParent() : settings.parent();
        group.settings(settings);
        settle.accept(group);
        change(group, parent, merged.policy(), policies.get(merged.policy()), merged.limits(), share);
    }

    private void place(ManagedGroup group) {
        group.node().moveTo(above(group), () -> {});
    }

    /**
     * Returns the node above a group, or null if it has no parent. While the parent is unusable, this is a placeholder
     * that holds every request.
     */
    private @Nullable GroupNode above(ManagedGroup group) {
        String name = group.currentParent();
        GroupNode parent = parent(group);
        if (parent != null || name == null) {
            strays.remove(group);
            return parent;
        }
        strays.add(group);
        String reason = groups.containsKey(name) ? "it is below group " + group.name() : "there is no such group";
        return placeholder(name, "group " + group.name(), reason);
    }

    private void placeStrays() {
        for (ManagedGroup group : List.copyOf(strays)) {
            if (parent(group) != null) {
                place(group);
            }
        }
    }

    /** Returns the parent, or null if the group has none or cannot be below it. */
    private @Nullable GroupNode parent(ManagedGroup group) {
        String name = group.currentParent();
        ManagedGroup above = name == null ? null : groups.get(name);
        return above == null || above.node().isBelow(group.node()) ? null : above.node();
    }

    /** Returns a node above a drive or group that holds every request because its parent is unusable. */
    GroupNode placeholder(String parent, String member, String reason) {
        String owner = member + " in group " + parent;
        return new GroupNode(parent, new PolicySlot(owner, reason, clock.nanoTime()), clock);
    }

    /** Returns a node above a removed drive. It holds every request because the limits of its group no longer do. */
    GroupNode exit(String member) {
        PolicySlot own = new PolicySlot(member, "", ThrottleLimits.NONE, null, clock.nanoTime());
        own.hold("it is removed");
        return new GroupNode(member, own, clock);
    }

    static LimitTree.Node node(ManagedGroup group) {
        return new LimitTree.Node(
                group.name(), false, group.currentParent(), group.currentLimits(), group.currentShare());
    }

    static LimitTree.Node node(ManagedDrive drive) {
        return node(drive, drive.currentLimits(), drive.currentShare());
    }

    static LimitTree.Node node(ManagedDrive drive, ThrottleLimits limits, Share share) {
        return new LimitTree.Node(drive.name(), true, drive.settings().group(), limits, share);
    }

    /**
     * Throws if a live change breaks a rule of the tree that was not broken before.
     *
     * @param before the node that changes
     * @param after the node after the change
     */
    void check(LimitTree.Node before, LimitTree.Node after, Collection<ManagedDrive> drives) {
        List<LimitTree.Node> nodes = new ArrayList<>();
        groups.values().forEach(group -> nodes.add(node(group)));
        drives.stream().filter(drive -> drive.settings().group() != null).forEach(drive -> nodes.add(node(drive)));
        Set<String> old = texts(nodes);
        nodes.replaceAll(node -> node.equals(before) ? after : node);
        Set<String> faults = texts(nodes);
        faults.removeAll(old);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
    }

    private static Set<String> texts(List<LimitTree.Node> nodes) {
        return LimitTree.faults(nodes).stream()
                .map(LimitTree.Fault::toString)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
