package dev.weir.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveControl;
import dev.weir.engine.EngineFixture;
import dev.weir.event.StateEvent;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DriveWatchTest {
    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
    private final List<StateEvent> events = new ArrayList<>();
    private final DriveControl drive;
    private final DriveWatch watch;

    DriveWatchTest() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        drive = fixture.control("vm1");
        watch = new DriveWatch(drive, events::add);
    }

    /** Looks once and returns the types of the new events. */
    private List<String> look() {
        events.clear();
        watch.look(fixture.clock.nanoTime(), 7);
        return events.stream().map(StateEvent::type).toList();
    }

    @Test
    void unchangedDriveHasNoEvents() {
        assertEquals(List.of(), look());
    }

    @Test
    void changesOfSettingsAreNamed() {
        drive.limits(ThrottleLimits.of(Map.of("iops", 2L)));
        drive.policy("slice");
        assertEquals(List.of(StateEvent.SETTINGS_CHANGED), look());
        assertEquals(
                new StateEvent(StateEvent.SETTINGS_CHANGED, "vm1", 7, Map.of("changed", List.of("limits", "policy"))),
                events.get(0));
        assertEquals(List.of(), look());
    }

    @Test
    void stateHasItsReason() {
        drive.policy("elsewhere");
        assertEquals(List.of(StateEvent.DRIVE_STATE, StateEvent.SETTINGS_CHANGED), look());
        assertEquals("holding", events.get(0).details().get("state"));
        assertEquals(drive.snapshot().reason(), events.get(0).details().get("reason"));
        drive.policy("bucket");
        look();
        assertEquals(Map.of("state", "serving", "reason", ""), events.get(0).details());
    }

    @Test
    void requestHeldForLongIsAnEventOnce() {
        for (int i = 0; i < 100; i++) {
            fixture.submit("vm1", Operation.READ, 0, 512);
        }
        List<List<String>> seen = new ArrayList<>();
        for (int second = 0; second < 110; second++) {
            List<String> types = look();
            if (!types.isEmpty()) {
                seen.add(types);
                if (types.contains(StateEvent.HELD_LONG)) {
                    assertEquals(30, second);
                    assertEquals("iops", events.get(0).details().get("held_by"));
                    assertEquals(
                            30 * EngineFixture.SECOND, events.get(0).details().get("age_nanos"));
                }
            }
            fixture.clock.advance(EngineFixture.SECOND);
        }
        assertEquals(List.of(List.of(StateEvent.HELD_LONG), List.of(StateEvent.HELD_LONG_OVER)), seen);
    }
}
