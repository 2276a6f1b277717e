package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.shell.text.Rates;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Computes rates from snapshots at known times. */
class RecentRatesTest {
    private static final long SECOND = 1_000_000_000L;

    private final TestDrive drive = TestDrive.idle("vm1");
    private final RecentRates recent = new RecentRates();

    @Test
    void firstSnapshotHasNoRates() {
        assertNull(recent.since(drive.snapshot(), 0));
    }

    @Test
    void ratesCoverTheTimeSinceTheLastSnapshot() {
        recent.since(drive.snapshot(), -SECOND);
        drive.done(100, 4096, 50, 1024);
        assertEquals(new Rates(50, 2048, 25, 512), recent.since(drive.snapshot(), SECOND));
        assertEquals(Rates.NONE, recent.since(drive.snapshot(), 2 * SECOND));
    }

    @Test
    void quickSnapshotsUseAnOlderBase() {
        recent.since(drive.snapshot(), 0);
        drive.done(100, 0, 0, 0);
        assertNull(recent.since(drive.snapshot(), SECOND / 4));
        assertEquals(new Rates(100, 0, 0, 0), recent.since(drive.snapshot(), SECOND));
        assertEquals(new Rates(80, 0, 0, 0), recent.since(drive.snapshot(), SECOND + SECOND / 4));
    }

    @Test
    void oldSnapshotIsIgnored() {
        recent.since(drive.snapshot(), 0);
        drive.done(100, 0, 0, 0);
        assertNull(recent.since(drive.snapshot(), 11 * SECOND));
    }

    @Test
    void reopenedDriveHasNoRates() {
        drive.done(100, 0, 0, 0);
        recent.since(drive.snapshot(), 0);
        assertEquals(Rates.NONE, recent.since(TestDrive.idle("vm1").snapshot(), SECOND));
    }

    @Test
    void removedDrivesAreForgotten() {
        recent.since(drive.snapshot(), 0);
        recent.retain(List.of());
        assertNull(recent.since(drive.snapshot(), SECOND));
    }
}
