package dev.weir.engine.events;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.event.StateEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares the cluster with its state at the last look. Confined to the thread of the looks. */
final class ClusterWatch {
    private static final String LEASED = "leased";

    private final ClusterControl cluster;
    private final Consumer<StateEvent> events;
    private ClusterSnapshot last;

    /**
     * Takes the present state as known.
     *
     * @throws IllegalStateException if the cluster does not answer
     */
    ClusterWatch(ClusterControl cluster, Consumer<StateEvent> events) {
        this.cluster = cluster;
        this.events = events;
        last = cluster.local();
    }

    /**
     * Looks at the cluster and reports changes.
     *
     * @param millis time of the events (ms since 1970)
     * @throws IllegalStateException if the cluster does not answer
     */
    void look(long millis) {
        ClusterSnapshot before = last;
        last = cluster.local();
        if (last.partitions() > before.partitions()) {
            event(StateEvent.PARTITION, "", millis, Map.of());
        }
        boolean wasApart = !before.hasMajority() || last.partitions() > before.partitions();
        if (wasApart && last.hasMajority() && last.partitions() > 0) {
            event(StateEvent.PARTITION_OVER, "", millis, coordinator());
        }
        if (!Objects.equals(last.coordinator(), before.coordinator()) && last.coordinator() != null) {
            event(StateEvent.COORDINATOR, "", millis, coordinator());
        }
        if (last.leasesLost() > before.leasesLost()) {
            leaseLost(before, millis);
        }
    }

    private Map<String, @Nullable Object> coordinator() {
        Map<String, @Nullable Object> details = new HashMap<>();
        details.put("coordinator", last.coordinator());
        return details;
    }

    /** Reports the groups without a lease; all groups that had one if each has a lease again. */
    private void leaseLost(ClusterSnapshot before, long millis) {
        Map<String, String> states = before.groups().stream()
                .collect(Collectors.toMap(ClusterSnapshot.Group::name, ClusterSnapshot.Group::state));
        List<ClusterSnapshot.Group> had = last.groups().stream()
                .filter(group -> LEASED.equals(states.get(group.name())))
                .toList();
        List<ClusterSnapshot.Group> lost =
                had.stream().filter(group -> !group.state().equals(LEASED)).toList();
        for (ClusterSnapshot.Group group : lost.isEmpty() ? had : lost) {
            event(StateEvent.LEASE_LOST, group.name(), millis, Map.of("state", group.state()));
        }
    }

    private void event(String type, String subject, long millis, Map<String, @Nullable Object> details) {
        events.accept(new StateEvent(type, subject, millis, details));
    }
}
