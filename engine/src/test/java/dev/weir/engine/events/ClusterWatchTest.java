package dev.weir.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.event.StateEvent;
import dev.weir.throttle.ThrottleLimits;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterWatchTest {
    private final List<String> events = new ArrayList<>();
    private ClusterSnapshot now = snapshot("h1", true, 0, 0, "leased");
    private final ClusterControl cluster = (ClusterControl) Proxy.newProxyInstance(
            ClusterControl.class.getClassLoader(),
            new Class<?>[] {ClusterControl.class},
            (proxy, method, arguments) -> {
                assertEquals("local", method.getName());
                return now;
            });
    private final ClusterWatch watch =
            new ClusterWatch(cluster, event -> events.add(event.type() + " " + event.subject() + event.details()));

    private static ClusterSnapshot snapshot(
            String coordinator, boolean hasMajority, long lost, long partitions, String state) {
        ClusterSnapshot.Group group =
                new ClusterSnapshot.Group("tenant", ThrottleLimits.NONE, false, state, Map.of(), Map.of(), -1, null);
        return new ClusterSnapshot(
                "prod", "h1", 3, coordinator, hasMajority, -1, List.of(), List.of(group), lost, partitions, 0);
    }

    private List<String> look(ClusterSnapshot next) {
        events.clear();
        now = next;
        watch.look(7);
        return events;
    }

    @Test
    void unchangedClusterHasNoEvents() {
        assertEquals(List.of(), look(now));
    }

    @Test
    void partitionAndItsEndAreEvents() {
        assertEquals(List.of(StateEvent.PARTITION + " {}"), look(snapshot("h1", false, 0, 1, "leased")));
        assertEquals(List.of(StateEvent.LEASE_LOST + " tenant{state=last}"), look(snapshot("h1", false, 1, 1, "last")));
        assertEquals(List.of(), look(snapshot("h1", false, 1, 1, "safe")));
        assertEquals(
                List.of(StateEvent.PARTITION_OVER + " {coordinator=h2}", StateEvent.COORDINATOR + " {coordinator=h2}"),
                look(snapshot("h2", true, 1, 1, "leased")));
    }

    @Test
    void shortLossesBetweenTwoLooksAreEvents() {
        assertEquals(
                List.of(
                        StateEvent.PARTITION + " {}",
                        StateEvent.PARTITION_OVER + " {coordinator=h1}",
                        StateEvent.LEASE_LOST + " tenant{state=leased}"),
                look(snapshot("h1", true, 1, 1, "leased")));
    }
}
