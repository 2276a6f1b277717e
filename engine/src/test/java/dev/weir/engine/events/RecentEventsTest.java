package dev.weir.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.event.EventLog;
import dev.weir.event.StateEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecentEventsTest {
    private final RecentEvents events = new RecentEvents();

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            events.add(new StateEvent(StateEvent.DRIVE_ADDED, "vm" + i, 0, Map.of()));
        }
    }

    private List<Long> ids(long after) {
        return events.after(after).stream().map(EventLog.Entry::id).toList();
    }

    @Test
    void numbersContinueAfterTheLastKnownOne() {
        add(5);
        assertEquals(List.of(4L, 5L), ids(3));
        assertEquals(List.of(), ids(5));
    }

    @Test
    void oldestEventsAreDropped() {
        add(EventLog.KEPT + 2);
        assertEquals(EventLog.KEPT, ids(0).size());
        assertEquals(3, ids(1).get(0));
    }

    @Test
    void listenerSeesEachEventUntilItEnds() throws Exception {
        List<Integer> seen = new ArrayList<>();
        AutoCloseable listening = events.listen(() -> seen.add(events.after(0).size()));
        add(2);
        listening.close();
        add(1);
        assertEquals(List.of(1, 2), seen);
    }
}
