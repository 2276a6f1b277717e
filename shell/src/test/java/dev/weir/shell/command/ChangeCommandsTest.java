package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.export.DriveExport;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.view.DriveView;
import dev.weir.view.GroupView;
import dev.weir.view.View;
import dev.weir.view.system.StatusView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Changes of limits and policies, drain, reload and reopen. */
final class ChangeCommandsTest extends CommandsFixture {
    private final ChangeCommands changes = new ChangeCommands(services);

    @Test
    void limitsAreShown() {
        shows(
                """
                LIMIT     RATE   BURST  FOR   OWED  BURST OWED  SET BY
                bps    10MiB/s       -    -  95 ms           -  weir.conf:3
                iops     500/s  2000/s  30s      0      500 ns  weir.conf:4, configuration
                its share in a group: weight 3, min iops=100
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
                its share in a group: weight 3, min iops=100
                until reload --restore; the configuration has bps=10MiB bps_wr=0 iops_size=0
                """,
                80,
                answer);
    }

    @Test
    void zeroRemovesLimitAndBurst() {
        changes.limits("vm1", "iops=0");
        assertEquals(Map.of("bps", 10_485_760L), vm1.snapshot().limits().toMap());
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
    void limitThatStallsSmallRequestsIsReported() {
        Object answer = changes.limits("vm1", "bps=10");
        assertTrue(
                ((View) answer)
                        .text(80)
                        .contains("\nbps delays a request of 4 KiB by 6 min 49 s; clients may time out\n"),
                () -> ((View) answer).text(80));
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
                "no limit \"bsp\"; did you mean bps? \"limits --help\" lists all 23",
                () -> changes.limits("vm1", "bsp=1"));
        refuses(
                "limits: \"bps\" is not KEY=VALUE; usage: limits NAME|GROUP [KEY=VALUE...] [--save] [--json]",
                () -> changes.limits("vm1", "bps"));
        refuses(
                "limits: bps is set twice; usage: limits NAME|GROUP [KEY=VALUE...] [--save] [--json]",
                () -> changes.limits("vm1", "bps=1", "bps=2"));
        refuses(
                "limits: weight is set twice; usage: limits NAME|GROUP [KEY=VALUE...] [--save] [--json]",
                () -> changes.limits("vm1", "weight=1", "weight=2"));
        refuses("weight = x: must be a number of parts, for example 3", () -> changes.limits("vm1", "weight=x"));
        refuses("iops = 666: this policy cannot keep it", () -> changes.limits("vm1", "iops=666"));
        assertEquals(before, vm1.snapshot().limits().toMap());
    }

    @Test
    void groupMovesWithItsShare() {
        changes.group("tenant-a", "parent=tenant-b", "weight=3", "min.iops=1k", "iops=5k");
        String shown = ((View) changes.group("tenant-a")).text(80);
        assertTrue(shown.contains("share     weight 3, min iops=1000 (shell), now 0% of tenant-b"), shown);
        changes.group("tenant-a", "parent=", "min.iops=0");
        GroupSnapshot group = services.group("tenant-a").snapshot();
        assertNull(group.parent());
        shown = ((View) changes.group("tenant-a")).text(80);
        assertTrue(shown.contains("its share in a group: weight 3"), shown);
        assertEquals(new Share(3, 0, 0), group.share());
        assertEquals(Map.of("iops", 5_000L), group.limits().toMap());
        refuses(
                "min.bps = many: must be a number of bytes, for example 512, 10M or 10MiB",
                () -> changes.group("tenant-a", "min.bps=many"));
        refuses("weight = 0: must be from 1 to 1000", () -> changes.group("tenant-a", "weight=0"));
    }

    @Test
    void weightAndMinimaOfADriveChangeWithItsLimits() {
        Object answer = changes.limits("vm1", "weight=5", "min.iops=1k", "min.bps=1M", "iops=1k");
        String share = "its share in a group: weight 5, min bps=1MiB iops=1000";
        assertTrue(((View) answer).text(80).contains(share), ((View) answer).text(80));
        DriveSnapshot drive = vm1.snapshot();
        assertEquals(new Share(5, 1 << 20, 1_000), drive.share());
        assertEquals(1_000, drive.limits().rate(LimitKey.IOPS));
        String listed = ((View) new DriveCommands(services).drive("vm1")).text(80);
        assertTrue(listed.contains("group     tenant-a, weight 5, min bps=1MiB iops=1000"), listed);
        assertTrue(listed.contains("the configuration has iops=500 weight=3 min.bps=0 min.iops=100"), listed);
        refuses("weight = 0: must be from 1 to 1000", () -> changes.limits("vm1", "weight=0"));
        refuses("drive vm1: min.iops = 666: has no cover", () -> changes.limits("vm1", "min.iops=666"));
        assertEquals(5, vm1.snapshot().share().weight());
    }

    @Test
    void groupLimitsChangeLive() {
        changes.group("tenant-a", "iops=5k", "bps=1M");
        shows(
                """
                group     tenant-a
                state     serving
                policy    bucket (default)
                rate      0/s, 0 requests/s
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
        refuses(
                "no drive or group \"tenant-c\"; there are vm1, scratch, tenant-a, tenant-b",
                () -> changes.limits("tenant-c"));
    }

    @Test
    void groupShowsTheChangesOfCommands() {
        changes.policy("tenant-a", "slice");
        changes.group("tenant-a", "parent=tenant-b", "weight=3", "min.bps=1M");
        shows(
                """
                group     tenant-a
                state     serving
                policy    slice (shell)
                parent    tenant-b (shell)
                share     weight 3, min bps=1MiB (shell), now 0% of tenant-b
                rate      0/s, 0 requests/s
                limits    LIMIT    RATE  BURST  FOR    OWED  BURST OWED  SET BY
                          iops   2000/s      -    -  1.5 ms           -  weir.conf:4
                          until reload --restore; the configuration has policy=bucket parent= weight=1 min.bps=0
                queue     5 waiting requests of 2 drives
                drives    vm1
                """,
                80, changes.group("tenant-a"));
        String listed = ((View) new DriveCommands(services).groups()).text(80);
        assertTrue(listed.endsWith("\n\nas set by commands, until reload --restore: tenant-a"), listed);
    }

    @Test
    void drainShowsTheDrive() {
        assertEquals("vm1", ((DriveView) changes.drain("vm1")).name());
        changes.drain("vm1", "--seconds=3600");
        for (String seconds : List.of("0", "3601", "1.5", "99999999999")) {
            refuses(
                    "drain: --seconds = %s: must be a whole number from 1 to 3600; usage: drain NAME|GROUP [--seconds=N]"
                                    .formatted(seconds)
                            + " [--json]",
                    () -> changes.drain("vm1", "--seconds=" + seconds));
        }
    }

    @Test
    void policyIsChanged() {
        assertEquals("slice", ((DriveView) changes.policy("vm1", "slice")).policy());
        refuses("no policy \"bukcet\"; there are bucket, slice", () -> changes.policy("vm1", "bukcet"));
        assertEquals("slice", vm1.snapshot().policy());
    }

    @Test
    void reloadListsItsChanges() {
        TestServices.reloads(
                services, List.of("added drive new", "changed drive vm1", "changed nbd", "removed group tenant-c"));
        shows(
                """
                added     drive new
                changed   drive vm1, nbd
                removed   group tenant-c
                reopened  vm1, whose clients were disconnected
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
        shows(
                """
                applied   nothing changed since 1970-01-01T00:00:01Z; changes of that time:
                added     drive new
                changed   drive vm1, nbd
                removed   group tenant-c
                reopened  vm1, whose clients were disconnected
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
    }

    @Test
    void reloadAndStatusNameUnusableAddresses() {
        services.otherFaults = List.of(() -> List.of("metrics.listen = tcp:localhost:1: cannot listen: taken"));
        shows(
                """
                applied   no change
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                faults    metrics.listen = tcp:localhost:1: cannot listen: taken
                """,
                80,
                changes.reload());
        assertEquals(List.of("metrics.listen = tcp:localhost:1: cannot listen: taken"), services.faults());
    }

    @Test
    void reloadAndStatusNameAddressesWithoutAccess() {
        String warning = "unix:/srv/nbd.sock: members of the group kvm cannot enter /srv";
        services.exports = List.of(Map.entry(
                Map.of(DriveExport.WARNINGS, new String[] {warning}),
                services.exports().get(0)));
        shows(
                """
                applied   no change
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                          unix:/srv/nbd.sock: members of the group kvm cannot enter /srv
                """,
                80,
                changes.reload());
        StatusView status = services.status("1.0", "/home");
        assertEquals(warning, status.text().lines().reduce("", (first, last) -> last));
        assertEquals(List.of(), status.faults());
    }

    @Test
    void reloadWithoutChangesSaysSo() {
        shows(
                """
                applied   no change
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
                applied   no change
                kept      vm1, scratch, as set by commands; reload --restore reverts them
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
        assertEquals(1L << 20, vm1.snapshot().limits().toMap().get("bps"));
    }

    @Test
    void restoreNamesTheRestoredSettings() {
        changes.limits("vm1", "bps=1M", "bps_wr=512");
        changes.policy("scratch", "slice");
        changes.group("tenant-a", "weight=3");
        shows(
                """
                restored  drive vm1: bps=10MiB bps_wr=0
                          drive scratch: policy=bucket
                          group tenant-a: weight=1
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload("--restore"));
        assertEquals(10_485_760L, vm1.snapshot().limits().toMap().get("bps"));
        assertEquals("bucket", scratch.snapshot().policy());
        assertEquals(Share.DEFAULT, services.group("tenant-a").snapshot().share());
        shows(
                """
                applied   no change
                restored  nothing
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload("--restore"));
    }

    @Test
    void reloadNamesOnlyDrivesOfTheEngine() {
        TestServices.configuration(services, List.of("vm1", "lost"), List.of());
        shows(
                """
                applied   no change
                not open  lost: the drive does not exist in the engine
                warnings  weir.conf:3: drives.vm1.limits.bps = 1: slow
                """,
                80,
                changes.reload());
    }

    @Test
    void reopenAlsoChecksAnOpenDrive() {
        assertEquals(State.SERVING, ((DriveView) changes.reopen("vm1")).state());
        vm1.standing(State.UNAVAILABLE, "gone");
        assertEquals(State.SERVING, ((DriveView) changes.reopen("vm1")).state());
        assertEquals(2, vm1.reopened());
    }

    @Test
    void policyAndDrainTakeGroups() {
        assertEquals("slice", ((GroupView) changes.policy("tenant-a", "slice")).policy());
        assertEquals("tenant-a", ((GroupView) changes.drain("tenant-a")).name());
        assertEquals(1, vm1.drained());
        assertEquals(0, scratch.drained());
    }

    @Test
    void reloadReportsAllFaults() {
        TestServices.configuration(services, List.of("vm1"), List.of("weir.conf:1: a", "weir.conf:2: b"));
        refuses("nothing was changed:\nweir.conf:1: a\nweir.conf:2: b", changes::reload);
        services.configuration = null;
        refuses("nothing to reload because the configuration has not been read yet", changes::reload);
    }
}
