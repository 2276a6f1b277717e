package dev.weir.view.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.Rates;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Computes rates from snapshots at known times. */
class RecentRatesTest {
    private static final long SECOND = 1_000_000_000L;

    private DriveSnapshot drive = drive(0, 0, 0, 0);
    private final RecentRates recent = new RecentRates();

    private static DriveSnapshot drive(long reads, long readBytes, long writes, long writeBytes) {
        return new DriveSnapshot(
                DriveSettings.builder("vm1", "memory").build(),
                State.SERVING,
                "",
                1 << 20,
                "bucket",
                ThrottleLimits.NONE,
                Share.DEFAULT,
                ThrottleDebt.NONE,
                new TimerSnapshot(false, 0, 0, 0, 0),
                0,
                0,
                "",
                0,
                List.of(),
                List.of(),
                new Counters(reads, readBytes, writes, writeBytes, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void firstSnapshotHasNoRates() {
        assertNull(recent.since(drive, 0));
    }

    @Test
    void ratesCoverTheTimeSinceTheLastSnapshot() {
        recent.since(drive, -SECOND);
        drive = drive(100, 4096, 50, 1024);
        assertEquals(new Rates(50, 2048, 25, 512), recent.since(drive, SECOND));
        assertEquals(Rates.NONE, recent.since(drive, 2 * SECOND));
    }

    @Test
    void quickSnapshotsUseAnOlderBase() {
        recent.since(drive, 0);
        drive = drive(100, 0, 0, 0);
        assertNull(recent.since(drive, SECOND / 4));
        assertEquals(new Rates(100, 0, 0, 0), recent.since(drive, SECOND));
        assertEquals(new Rates(80, 0, 0, 0), recent.since(drive, SECOND + SECOND / 4));
    }

    @Test
    void unusedDriveHasRatesAtOnce() {
        assertEquals(Rates.NONE, recent.atOnce(drive, 0));
        drive = drive(100, 0, 0, 0);
        assertNull(recent.atOnce(drive, SECOND / 4));
        assertEquals(new Rates(100, 0, 0, 0), recent.atOnce(drive, SECOND));
    }

    @Test
    void oldSnapshotIsIgnored() {
        recent.since(drive, 0);
        drive = drive(100, 0, 0, 0);
        assertNull(recent.since(drive, 11 * SECOND));
    }

    @Test
    void reopenedDriveHasNoRates() {
        drive = drive(100, 0, 0, 0);
        recent.since(drive, 0);
        assertEquals(Rates.NONE, recent.since(drive(0, 0, 0, 0), SECOND));
    }

    @Test
    void removedDrivesAreForgotten() {
        recent.since(drive, 0);
        recent.retain(List.of());
        assertNull(recent.since(drive, SECOND));
    }
}
