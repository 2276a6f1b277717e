package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.View;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {
    private final TestDrive vm1 = TestDrive.busy("vm1");
    private final TestDrive scratch = TestDrive.idle("scratch").standing(State.HOLDING, "no policy \"slice\"");
    private final Services services = TestServices.of(vm1, scratch);
    private final DriveCommands drives = new DriveCommands(services);
    private final ChangeCommands changes = new ChangeCommands(services);
    private final TypeCommands types = new TypeCommands(services);

    private static void shows(String text, int width, Object answer) {
        assertEquals(text.stripTrailing(), ((View) answer).text(width));
    }

    private static void refuses(String message, Executable command) {
        assertEquals(message, assertThrows(CommandFault.class, command).getMessage());
    }

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
                NAME     STATE    QUEUED  HELD BY        RATE  REQ/S  LIMITS  POLICY  GROUP    …
                vm1      serving       2  bps, tenant-…   0/s      0  bps=1…  bucket  tenant-a …
                scratch  holdin…       0  -               0/s      0  -       bucket  -        …

                3 of 4096 clients, 12 MiB of 256 MiB in flight; a client up to 1024 requests, 6…
                """,
                80,
                drives.drives());
    }

    @Test
    void drivesOnANarrowTerminal() {
        shows(
                """
                NAME     STATE    QUEUED  HELD BY      …
                vm1      serving       2  bps, tenant-……
                scratch  holdin…       0  -            …

                3 of 4096 clients, 12 MiB of 256 MiB in…
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
                group     tenant-a
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
                size      0
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
                vm1    42  write_zeroes        0  32 MiB   1.5 µs  tenant-a…        -  /run/nbd…

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
    void policiesAndBackends() {
        shows("TYPE    DRIVES\nbucket  vm1, scratch\nslice   -", 80, types.policies());
        shows("TYPE    OPTIONS\nfile    path=PATH [create=FLAG]\nmemory  size=BYTES", 80, types.backends());
    }

    @Test
    void limitsAreShown() {
        shows(
                """
                LIMIT     RATE   BURST  FOR   OWED  BURST OWED  SET BY
                bps    10MiB/s       -    -  95 ms           -  weir.conf:3
                iops     500/s  2000/s  30s      0      500 ns  weir.conf:4, configuration
                """,
                80,
                changes.limits("vm1"));
        shows("no limits", 80, changes.limits("scratch"));
    }

    @Test
    void limitChangeKeepsTheOthers() {
        Object answer = changes.limits("vm1", "bps=1M", "bps_wr=512", "iops_size=4K");
        assertEquals(
                Map.of(
                        "bps",
                        1_048_576L,
                        "bps_wr",
                        512L,
                        "iops",
                        500L,
                        "iops_max",
                        2000L,
                        "iops_max_length",
                        30L,
                        "iops_size",
                        4096L),
                vm1.snapshot().limits().toMap());
        shows(
                """
                LIMIT     RATE   BURST  FOR   OWED  BURST OWED  SET BY
                bps     1MiB/s       -    -  95 ms           -  shell
                bps_wr   512/s       -    -      0           -  shell
                iops     500/s  2000/s  30s      0      500 ns  weir.conf:4, configuration
                a request counts once per 4 KiB of its length (iops_size)
                bps_wr delays a request of 4 KiB by 8 s; clients may time out
                until reload --restore; the configuration has bps=10MiB bps_wr=0 iops_size=0
                """,
                80,
                answer);
    }

    @Test
    void groups() {
        shows(
                """
                GROUP     STATE                           QUEUED  LIMITS     POLICY  DRIVES
                tenant-a  serving                              5  iops=2000  bucket  vm1
                tenant-b  holding: policy own is missing       0  -          own     -
                """,
                80,
                drives.groups());
    }

    @Test
    void zeroRemovesLimitAndBurst() {
        changes.limits("vm1", "iops=0");
        assertEquals(Map.of("bps", 10_485_760L), vm1.snapshot().limits().toMap());
    }

    @Test
    void groupLimitsChangeLive() {
        changes.group("tenant-a", "iops=5k", "bps=1M");
        shows(
                """
                group     tenant-a
                state     serving
                policy    bucket
                limits    LIMIT    RATE  BURST  FOR    OWED  BURST OWED  SET BY
                          bps    1MiB/s      -    -       0           -  shell
                          iops   5000/s      -    -  1.5 ms           -  shell
                          until reload --restore; the configuration has bps=0 iops=2000
                queue     5 waiting requests of 2 drives
                drives    vm1
                """,
                80,
                changes.group("tenant-a"));
        changes.limits("tenant-a", "bps=0");
        shows(
                """
                LIMIT    RATE  BURST  FOR    OWED  BURST OWED  SET BY
                iops   5000/s      -    -  1.5 ms           -  shell
                until reload --restore; the configuration has iops=2000
                """,
                80,
                changes.limits("tenant-a"));
        refuses("no group \"tenant-c\"; there are tenant-a, tenant-b", () -> changes.group("tenant-c"));
        refuses("no drive \"tenant-c\"; there are vm1, scratch", () -> changes.limits("tenant-c"));
    }

    @Test
    void limitThatStallsSmallRequestsIsReported() {
        Object answer = changes.limits("vm1", "bps=10");
        assertTrue(
                ((View) answer)
                        .text(80)
                        .contains("\nbps delays a request of 4 KiB by 6 min 49 s; clients may time out\n"),
                () -> ((View) answer).text(80));
    }

    @Test
    void drainShowsTheDrive() {
        assertEquals("vm1", ((DriveView) changes.drain("vm1")).name());
        refuses(
                "drain: --seconds = 0: must be a number from 1 to 99999; usage: drain NAME [--seconds=N] [--json]",
                () -> changes.drain("vm1", "--seconds=0"));
    }

    @Test
    void zeroRemovesABurstAndItsLength() {
        changes.limits("vm1", "iops_max=0");
        assertEquals(
                Map.of("bps", 10_485_760L, "iops", 500L),
                vm1.snapshot().limits().toMap());
    }

    @Test
    void restoredLimitRegainsItsConfiguredBurst() {
        Map<String, Long> before = vm1.snapshot().limits().toMap();
        changes.limits("vm1", "iops=0");
        changes.limits("vm1", "iops=500");
        assertEquals(before, vm1.snapshot().limits().toMap());
        changes.limits("vm1", "iops=0");
        changes.limits("vm1", "iops=5k");
        assertEquals(
                Map.of("bps", 10_485_760L, "iops", 5000L),
                vm1.snapshot().limits().toMap());
    }

    @Test
    void limitOrderDoesNotMatter() {
        refuses("iops_max = 3000: needs iops beside it", () -> changes.limits("vm1", "iops_max=3000", "iops=0"));
        refuses("iops_max = 3000: needs iops beside it", () -> changes.limits("vm1", "iops=0", "iops_max=3000"));
    }

    @Test
    void invalidLimitsChangeNothing() {
        Map<String, Long> before = vm1.snapshot().limits().toMap();
        refuses(
                "bps = -5: must be 0 (no limit) or more; iops_max = 1: must not be below iops = 500",
                () -> changes.limits("vm1", "bps=-5", "iops_max=1"));
        refuses(
                "bps = 10Q: must be a number of bytes, for example 512, 10M or 10MiB",
                () -> changes.limits("vm1", "bps=10Q"));
        refuses(
                "no limit \"bsp\"; there are bps, bps_max, bps_max_length, bps_rd, bps_rd_max, bps_rd_max_length, bps_wr, "
                        + "bps_wr_max, bps_wr_max_length, iops, iops_max, iops_max_length, iops_rd, iops_rd_max, "
                        + "iops_rd_max_length, iops_wr, iops_wr_max, iops_wr_max_length, iops_size",
                () -> changes.limits("vm1", "bsp=1"));
        refuses(
                "limits: \"bps\" is not KEY=VALUE; usage: limits NAME [KEY=VALUE...] [--json]",
                () -> changes.limits("vm1", "bps"));
        refuses(
                "limits: bps is set twice; usage: limits NAME [KEY=VALUE...] [--json]",
                () -> changes.limits("vm1", "bps=1", "bps=2"));
        refuses("iops = 666: this policy cannot keep it", () -> changes.limits("vm1", "iops=666"));
        assertEquals(before, vm1.snapshot().limits().toMap());
    }

    @Test
    void policyIsChanged() {
        assertEquals("slice", ((DriveView) changes.policy("vm1", "slice")).policy());
        refuses("no policy \"bukcet\"; there are bucket, slice", () -> changes.policy("vm1", "bukcet"));
        assertEquals("slice", vm1.snapshot().policy());
    }

    @Test
    void reloadListsTheDrives() {
        shows(
                """
                applied   vm1, scratch
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
    }

    @Test
    void reloadKeepsChangesUnlessToldToRestore() {
        changes.limits("vm1", "bps=1M");
        changes.policy("scratch", "slice");
        shows(
                """
                applied   vm1, scratch
                changed   vm1, scratch, by commands; reload --restore takes it back
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
        assertEquals(1L << 20, vm1.snapshot().limits().toMap().get("bps"));
        shows(
                """
                applied   vm1, scratch
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload("--restore"));
        assertEquals(10_485_760L, vm1.snapshot().limits().toMap().get("bps"));
    }

    @Test
    void reloadNamesOnlyDrivesOfTheEngine() {
        TestServices.configuration(services, List.of("vm1", "lost"), List.of());
        shows(
                """
                applied   vm1
                not open  lost: the drive does not exist in the engine
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
    }

    @Test
    void reopenIsForUnavailableDrives() {
        refuses("drive vm1 is already open", () -> changes.reopen("vm1"));
        vm1.standing(State.UNAVAILABLE, "gone");
        assertEquals(State.SERVING, ((DriveView) changes.reopen("vm1")).state());
    }

    @Test
    void reloadReportsAllFaults() {
        TestServices.configuration(services, List.of("vm1"), List.of("weir.conf:1: a", "weir.conf:2: b"));
        refuses("nothing was changed:\nweir.conf:1: a\nweir.conf:2: b", changes::reload);
        services.configuration = null;
        refuses("nothing to reload because the configuration has not been read yet", changes::reload);
    }

    @Test
    void statusIsOneLineThenFaults() {
        long pid = ProcessHandle.current().pid();
        assertEquals(
                "Weir 1.0, pid " + pid + ", in /home/w: vm1 serving, scratch holding: no policy \"slice\"",
                Status.of("1.0", "/home/w", services).text());
        services.drives().forEach(services::removeDrive);
        TestServices.configuration(services, List.of(), List.of("weir.conf:1: a"));
        assertEquals(
                "Weir 1.0, pid " + pid + ", in /home/w: no drives\nweir.conf:1: a",
                Status.of("1.0", "/home/w", services).text());
    }

    @Test
    void statusNamesUnusableJarsForWaitingDrives() {
        services.drives().forEach(services::removeDrive);
        services.addDrive(TestDrive.idle("vm1").standing(State.HOLDING, "policy pace is missing"));
        services.deployed = List.of(() -> List.of("deploy/other.jar: other 1.0.0"));
        services.deployFaults = List.of(() -> List.of("deploy/pace.jar cannot be used: it is empty"));
        assertEquals(
                "Weir 1.0, pid " + ProcessHandle.current().pid()
                        + ", in /home/w: vm1 holding: policy pace is missing; cannot be used: deploy/pace.jar\n"
                        + "deploy/other.jar: other 1.0.0\ndeploy/pace.jar cannot be used: it is empty",
                Status.of("1.0", "/home/w", services).text());
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
    void statusOfManyDrivesIsShort() {
        DriveControl[] many = IntStream.range(100, 400)
                .mapToObj(i -> TestDrive.idle("vm" + i)
                        .standing(i % 20 == 0 ? State.UNAVAILABLE : State.SERVING, i % 20 == 0 ? "no image" : ""))
                .toArray(DriveControl[]::new);
        Status status = Status.of("1.0", "/home/w", TestServices.of(many));
        assertFalse(status.isHealthy());
        List<String> lines = status.text().lines().toList();
        assertTrue(lines.get(0).endsWith("in /home/w: 300 drives, 285 serving, 15 unavailable"), lines::toString);
        assertEquals("drive vm100 unavailable: no image", lines.get(1));
        assertEquals("and 5 more", lines.get(11));
        assertEquals(12, lines.size());
    }

    @Test
    void unknownNamesGetSuggestions() {
        refuses("no drive \"vm9\"; there are vm1, scratch", () -> drives.drive("vm9"));
        refuses("no drive \"vm9\"; there are vm1, scratch", () -> drives.queue("vm9"));
        refuses("no drive \"vm9\"; there are none", () -> new DriveCommands(TestServices.of()).drive("vm9"));
    }

    @Test
    void wrongSyntaxShowsTheUsage() {
        refuses("drive: NAME is missing; usage: drive NAME [--json]", () -> drives.drive());
        refuses("policy: TYPE is missing; usage: policy NAME TYPE [--json]", () -> changes.policy("vm1"));
        refuses(
                "queue: \"b\" is one argument too many; usage: queue [NAME] [--summary] [--json]",
                () -> drives.queue("a", "b"));
        refuses("drives: \"vm1\" is one argument too many; usage: drives [--json]", () -> drives.drives("vm1"));
        refuses("drives: invalid option '--jsn'; usage: drives [--json]", () -> drives.drives("--jsn"));
        refuses("drives: invalid option 'x'; usage: drives [--json]", () -> drives.drives("-x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-?"})
    void helpIsTheFullText(String option) {
        assertEquals(
                """
                queue - lists the waiting requests: age, the limit that holds them, time until release

                Usage: queue [NAME] [--summary] [--json]

                Without a name it lists all drives. Requests of a drive are in the order of their release. Sums
                by drive and by limit follow.
                "Goes in" is exact if no new request arrives and no limit changes. It includes the waiting
                requests of the other drives of the group. A dash means unknown: the policy is missing or too
                many requests of the group come first. "Held by" is the limit that holds a request when its
                turn comes.

                     --summary   only the sums: drives, limits, amounts and times
                     --json   as JSON, for programs
                  -? --help   this text""",
                drives.queue("vm1", option));
    }
}
