package dev.weir.engine.events;

import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.event.StateEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Compares a group with its settings at the last look. Confined to the thread of the looks. */
final class GroupWatch {
    private final GroupControl group;
    private final Consumer<StateEvent> events;
    private GroupSnapshot last;

    /** Takes the present settings as known. */
    GroupWatch(GroupControl group, Consumer<StateEvent> events) {
        this.group = group;
        this.events = events;
        last = group.snapshot();
    }

    /**
     * Looks at the group and reports changed settings.
     *
     * @param millis time of the events (ms since 1970)
     */
    void look(long millis) {
        GroupSnapshot before = last;
        last = group.snapshot();
        List<String> changed = new ArrayList<>();
        if (!last.limits().equals(before.limits())) {
            changed.add("limits");
        }
        if (!last.policy().equals(before.policy())) {
            changed.add("policy");
        }
        if (!Objects.equals(last.parent(), before.parent())) {
            changed.add("parent");
        }
        if (!last.share().equals(before.share())) {
            changed.add("share");
        }
        if (!changed.isEmpty()) {
            events.accept(new StateEvent(
                    StateEvent.SETTINGS_CHANGED, group.name(), millis, Map.of("kind", "group", "changed", changed)));
        }
    }
}
