package dev.weir.junit;

import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.drive.settings.LimitTree;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The groups below one root, with their engine. The engine exists from the start of the first drive to the close of
 * the last one.
 *
 * <p>Thread-safe.
 */
final class GroupTree {
    private static final String NAME = "group";

    // fields below: guarded by this
    private @Nullable EmbeddedEngine engine;
    private final Map<EmbeddedGroup, GroupSettings> groups = new LinkedHashMap<>();
    private final Map<String, LimitTree.Node> drives = new LinkedHashMap<>();
    private int named;

    /**
     * Returns the use of the engine by one more drive.
     *
     * @param group the group of the drive
     * @param limits the own limits of the drive
     * @param share the share of the drive in the limits of the group
     * @throws IllegalArgumentException if limits contradict each other; the message lists all faults
     */
    synchronized EngineLease join(EmbeddedGroup group, ThrottleLimits limits, Share share) {
        Map<EmbeddedGroup, GroupSettings> added = new LinkedHashMap<>();
        String above = add(group, added);
        String drive = EngineLease.NAME + (named == 0 ? "" : named + 1);
        LimitTree.Node node = new LimitTree.Node(drive, true, above, limits, share);
        check(added, node);
        EmbeddedEngine shared = engine == null ? Described.engine() : engine;
        engine = shared;
        added.values().forEach(shared::configure);
        groups.putAll(added);
        drives.put(drive, node);
        named++;
        return new EngineLease(shared, drive, above, () -> leave(drive));
    }

    /** Adds the settings of a group and of the groups above it unless they are known. Returns the name of the group. */
    private String add(EmbeddedGroup group, Map<EmbeddedGroup, GroupSettings> added) {
        GroupSettings known = groups.get(group);
        if (known != null) {
            return known.name();
        }
        EmbeddedGroup parent = group.parent();
        String above = parent == null ? null : add(parent, added);
        int number = groups.size() + added.size() + 1;
        GroupSettings settings = group.settings(NAME + (number == 1 ? "" : number), above);
        added.put(group, settings);
        return settings.name();
    }

    private void check(Map<EmbeddedGroup, GroupSettings> added, LimitTree.Node drive) {
        List<LimitTree.Node> nodes = new ArrayList<>(drives.values());
        nodes.add(drive);
        groups.values().forEach(group -> nodes.add(LimitTree.Node.of(group)));
        added.values().forEach(group -> nodes.add(LimitTree.Node.of(group)));
        List<LimitTree.Fault> faults = LimitTree.faults(nodes);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(
                    faults.stream().map(LimitTree.Fault::toString).collect(Collectors.joining("; ")));
        }
    }

    private synchronized void leave(String drive) {
        drives.remove(drive);
        EmbeddedEngine shared = engine;
        if (drives.isEmpty() && shared != null) {
            shared.close();
            engine = null;
            groups.clear();
            named = 0;
        }
    }

    /**
     * Returns the control of a group.
     *
     * @throws IllegalStateException if no drive below the group has been started since the last close
     */
    synchronized GroupControl control(EmbeddedGroup group) {
        EmbeddedEngine now = engine;
        GroupSettings settings = groups.get(group);
        if (now == null || settings == null) {
            throw new IllegalStateException("the group has no open drive: start a drive of the group first");
        }
        return Objects.requireNonNull(now.group(settings.name()));
    }
}
