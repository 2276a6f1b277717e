package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.testkit.block.BackendScript.Access;
import dev.weir.testkit.block.BackendScript.Call;
import dev.weir.testkit.block.BackendScript.Fault;
import dev.weir.testkit.block.ScriptedBackends;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks of an open backend whose storage is removed. */
class BackendCheckTest {
    private final EngineFixture fixture = new EngineFixture(1);
    private Fault fault = Fault.NONE;
    private int checks;
    private int opened;

    @BeforeEach
    void open() {
        fixture.engine.addBackends(new ScriptedBackends("faulty", 1 << 20, this::fault).mayBlock(true), 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "faulty").build());
    }

    private Fault fault(Access access) {
        if (access.call() == Call.OPEN) {
            opened++;
        }
        if (access.call() != Call.CHECK) {
            return Fault.NONE;
        }
        checks++;
        return fault;
    }

    private void assertStands(State state, String reason) {
        assertEquals(state, fixture.control("vm1").snapshot().state());
        assertEquals(reason, fixture.control("vm1").snapshot().reason());
    }

    @Test
    void driveShowsLostStorageUntilItIsBack() {
        assertStands(State.SERVING, "");
        fault = Fault.FAIL;
        fixture.clock.advance(StorageLifecycle.CHECK_NANOS);
        assertStands(State.UNAVAILABLE, "the script fails CHECK at 0");
        assertEquals("the script fails CHECK at 0", fixture.property("DriveControl vm1", "weir.drive.reason"));
        assertNotNull(fixture.driveIfAny("vm1"), "its clients still read");

        fault = Fault.NONE;
        fixture.clock.advance(StorageLifecycle.CHECK_NANOS);
        assertStands(State.SERVING, "");
        assertNull(fixture.property("DriveControl vm1", "weir.drive.reason"));
    }

    @Test
    void aFailedCheckIsAFaultAndRepeats() {
        fault = Fault.THROW;
        fixture.clock.advance(StorageLifecycle.CHECK_NANOS);
        assertStands(State.UNAVAILABLE, "java.lang.IllegalStateException: the script throws at 0");
        fault = Fault.NONE;
        fixture.clock.advance(StorageLifecycle.CHECK_NANOS);
        assertStands(State.SERVING, "");
    }

    @Test
    void closedBackendIsNotChecked() {
        fixture.clock.advance(3 * StorageLifecycle.CHECK_NANOS);
        assertEquals(3, checks);
        fixture.engine.removeDrive("vm1");
        fixture.clock.advance(3 * StorageLifecycle.CHECK_NANOS);
        assertEquals(3, checks);
    }

    @Test
    void reopenClosesOnlyLostStorage() {
        fixture.control("vm1").reopen();
        assertEquals(1, opened);
        fault = Fault.FAIL;
        fixture.control("vm1").reopen();
        assertEquals(2, opened);
        assertStands(State.SERVING, "");
    }
}
