package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.Listing;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Listings of drives, queues, timers and groups. */
final class DriveCommandsTest extends CommandsFixture {
    private final DriveCommands drives = new DriveCommands(services);

    @Test
    void drivesWithRoom() {
        shows(
                """
                NAME     STATE                       QUEUED  HELD BY              RATE  REQ/S  LIMITS                                                POLICY  GROUP       SIZE      READ  WRITTEN
                vm1      serving                          2  bps, tenant-a: iops   0/s      0  bps=10MiB iops=500 iops_max=2000 iops_max_length=30s  bucket  tenant-a  10 GiB  4.69 MiB  120 KiB
                scratch  holding: no policy "slice"       0  -                     0/s      0  -                                                     bucket  -         10 GiB         0        0

                3 of 4096 clients, 12 MiB of 256 MiB in flight; a client up to 1024 requests, 64 MiB
                """,
                200,
                drives.drives());
    }

    @Test
    void drivesOnAnOrdinaryTerminal() {
        shows(
                """
                NAME     STATE         QUEUED  HELD BY        RATE  REQ/S  LIMITS              …
                vm1      serving            2  bps, t…: iops   0/s      0  bps=10MiB iops=500  …
                                                                           iops_max=2000
                                                                           iops_max_length=30s
                scratch  holding: no…       0  -               0/s      0  -                   …

                3 of 4096 clients, 12 MiB of 256 MiB in flight; a client up to 1024 requests, 64
                MiB
                """,
                80,
                drives.drives());
    }

    @Test
    void drivesOnANarrowTerminal() {
        shows(
                """
                NAME     STATE                  QUEUED …
                vm1      serving                     2 …
                  bps=10MiB iops=500 iops_max=2000
                  iops_max_length=30s
                scratch  holding: no policy "…       0 …

                3 of 4096 clients, 12 MiB of 256 MiB in
                flight; a client up to 1024 requests, 64
                MiB
                """,
                40,
                drives.drives());
    }

    @Test
    void noDrives() {
        shows("no drives", 80, new DriveCommands(TestServices.of()).drives());
    }

    @Test
    void unconfiguredDrivesComeLast() {
        services.addDrive(TestDrive.idle("b"));
        services.addDrive(TestDrive.idle("a"));
        assertEquals(
                List.of("vm1", "scratch", "a", "b"),
                services.drives().stream().map(drive -> drive.name()).toList());
    }

    @Test
    void aDrive() {
        shows(
                """
                drive     vm1
                what      root disk
                state     serving
                size      10 GiB
                backend   file create=true path=/var/disks/vm1.img
                policy    bucket (default)
                group     tenant-a, weight 3, min iops=100
                limits    LIMIT     RATE   BURST  FOR   OWED  BURST OWED  SET BY
                          bps    10MiB/s       -    -  95 ms           -  weir.conf:3
                          iops     500/s  2000/s  30s      0      500 ns  weir.conf:4, configur…
                queue     reads 1, writes 1, in flight 3, held by bps, tenant-a: iops
                rate      reads 0/s 0/s, writes 0/s 0/s
                timer     due in 87.5 ms, fired 1234 times, last 40 µs late, worst 1.2 ms
                done      reads 1200 (4.69 MiB), writes 30 (120 KiB), flushes 2, caches 4, block-statuses 6
                counts    held 300, cancelled 7, failed 5
                held      p50 20 ms, p90 80 ms, p99 95 ms, p99.9 99 ms, longest 101 ms
                storage   p50 250 ns, p90 900 ns, p99 4 µs, p99.9 30 µs, longest 31 µs
                bounds    3 of 4096 clients, 12 MiB of 256 MiB in flight; a client up to 1024 requests, 64 MiB
                clients   only bob; CN=alice,O=Example
                attach    nbd://127.0.0.1:10809/vm1
                """,
                80,
                drives.drive("vm1"));
    }

    @Test
    void unavailableDriveShowsItsReason() {
        scratch.standing(State.UNAVAILABLE, "no backend \"memory\"");
        shows(
                """
                drive     scratch
                state     unavailable: no backend "memory"
                size      unknown
                backend   memory
                policy    bucket (default)
                limits    no limits
                queue     reads 0, writes 0, in flight 0
                rate      reads 0/s 0/s, writes 0/s 0/s
                timer     idle, fired 0 times, last 0 late, worst 0
                done      reads 0 (0), writes 0 (0), flushes 0, caches 0, block-statuses 0
                counts    held 0, cancelled 0, failed 0
                bounds    3 of 4096 clients, 12 MiB of 256 MiB in flight; a client up to 1024 requests, 64 MiB
                """,
                80,
                drives.drive("scratch"));
    }

    @Test
    void queueNamesLimitAndRelease() {
        shows(
                """
                DRIVE  ID  OP             OFFSET  LENGTH      AGE  HELD BY         GOES IN  CLIENT
                vm1    41  read          1048576   4 KiB  12.3 ms  bps             87.5 ms  /run/nbd.sock#3
                vm1    42  write_zeroes        0  32 MiB   1.5 µs  tenant-a: iops        -  /run/nbd.sock#3

                DRIVE  HELD BY         WAITING   BYTES   OLDEST  ALL GO IN  RATE  REQ/S
                vm1    bps                   1   4 KiB  12.3 ms    87.5 ms   0/s      0
                vm1    tenant-a: iops        1  32 MiB   1.5 µs          -   0/s      0
                """,
                200,
                drives.queue());
        shows(
                """
                DRIVE  ID  OP             OFFSET  LENGTH      AGE  HELD BY    GOES IN  CLIENT
                vm1    41  read          1048576   4 KiB  12.3 ms  bps        87.5 ms  /run/nbd…
                vm1    42  write_zeroes        0  32 MiB   1.5 µs  te…: iops        -  /run/nbd…

                DRIVE  HELD BY         WAITING   BYTES   OLDEST  ALL GO IN  RATE  REQ/S
                vm1    bps                   1   4 KiB  12.3 ms    87.5 ms   0/s      0
                vm1    tenant-a: iops        1  32 MiB   1.5 µs          -   0/s      0
                """,
                80,
                drives.queue("vm1"));
        shows("nothing waits", 80, drives.queue("scratch"));
    }

    @Test
    void timers() {
        shows(
                """
                DRIVE    STATE   DUE IN  FIRED  LAST LATE  WORST LATE
                vm1      armed  87.5 ms   1234      40 µs      1.2 ms
                scratch  idle         -      0          -           -
                """,
                80,
                drives.timers());
    }

    @Test
    void groups() {
        shows(
                """
                GROUP     STATE                           QUEUED  REQ/S  SHARE  WEIGHT  MIN  LIMITS     DRIVES
                tenant-a  serving                              5      0      -       -  -    iops=2000  vm1
                tenant-b  holding: policy own is missing       0      0      -       -  -    -          -
                """,
                100,
                drives.groups());
        services.group("tenant-a").change(ThrottleLimits.NONE, "tenant-b", new Share(2, 1 << 20, 50));
        shows(
                """
                GROUP       STATE                           QUEUED  REQ/S  SHARE  WEIGHT  MIN               LIMITS  DRIVES
                tenant-b    holding: policy own is missing       0      0      -       -  -                 -       -
                └─tenant-a  serving                              5      0     0%       2  bps=1MiB iops=50  -       vm1

                as set by commands, until reload --restore: tenant-a
                """,
                120, drives.groups());
    }

    @Test
    void onlySimilarNamesOfManyAreSuggested() {
        DriveControl[] many = IntStream.range(100, 400)
                .mapToObj(i -> TestDrive.idle("vm" + i))
                .toArray(DriveControl[]::new);
        DriveCommands commands = new DriveCommands(TestServices.of(many));
        refuses("no drive \"mv321\"; did you mean vm321? \"drives\" lists all 300", () -> commands.drive("mv321"));
        refuses("no drive \"database\"; \"drives\" lists all 300", () -> commands.drive("database"));
        refuses(
                "no drive \"vm\"; did you mean vm100, vm101, vm102? \"drives\" lists all 300",
                () -> commands.drive("vm"));
    }

    @Test
    void unknownNamesGetSuggestions() {
        refuses("no drive \"vm9\"; there are vm1, scratch", () -> drives.drive("vm9"));
        refuses("no drive or group \"vm9\"; there are vm1, scratch, tenant-a, tenant-b", () -> drives.queue("vm9"));
        refuses("tenant-a is a group; this needs a drive", () -> drives.drive("tenant-a"));
        assertEquals(2, ((Listing<?>) drives.queue("tenant-a")).size());
        assertEquals(List.of(), drives.queue("tenant-b"));
        refuses("no drive \"vm9\"; there are none", () -> new DriveCommands(TestServices.of()).drive("vm9"));
    }
}
