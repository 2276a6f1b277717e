package dev.weir.engine.events;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.engine.EngineFixture;
import dev.weir.event.StateEvent;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultState;
import dev.weir.throttle.ThrottleLimits;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
                new StateEvent(
                        StateEvent.SETTINGS_CHANGED,
                        "vm1",
                        7,
                        Map.of("kind", "drive", "changed", List.of("limits", "policy"))),
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

    /** Returns the state with one fault. */
    private DriveSnapshot with(boolean isActive) {
        DriveSnapshot now = drive.snapshot();
        Fault fault = Fault.of("slow", Map.of("latency", "2ms", "seed", "1"));
        return new DriveSnapshot(
                now.settings(),
                now.state(),
                now.reason(),
                now.size(),
                now.policy(),
                now.limits(),
                now.share(),
                now.debt(),
                now.timer(),
                now.queuedReads(),
                now.queuedWrites(),
                now.heldBy(),
                now.inFlight(),
                now.filters(),
                List.of(new FaultState(fault, isActive, -1, 0, 0)),
                now.counters());
    }

    @Test
    void faultsBeginAndEndByActivity() {
        List<DriveSnapshot> states = new ArrayList<>(List.of(with(false), with(true), with(true), with(false)));
        DriveControl scheduled = (DriveControl) Proxy.newProxyInstance(
                DriveControl.class.getClassLoader(),
                new Class<?>[] {DriveControl.class},
                (proxy, method, arguments) -> method.getName().equals("snapshot") ? states.remove(0) : "vm1");
        DriveWatch faults = new DriveWatch(scheduled, events::add);
        for (int i = 0; i < 3; i++) {
            faults.look(0, 7);
        }
        Map<String, @Nullable Object> slow = Map.of("fault", "slow");
        assertEquals(
                List.of(
                        new StateEvent(StateEvent.FAULT_BEGAN, "vm1", 7, slow),
                        new StateEvent(StateEvent.FAULT_ENDED, "vm1", 7, slow)),
                events);
    }
}
