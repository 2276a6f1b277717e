package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.fault.Fault;
import dev.weir.shell.command.TestDrive;
import dev.weir.shell.command.TestServices;
import dev.weir.shell.watch.Key.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

/** Tests the live view on drives with fixed numbers. */
final class WatchViewTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> changes = new ArrayList<>();
    private final TestDrive vm1 = TestDrive.busy("vm1");
    private final TestDrive scratch = TestDrive.idle("scratch");
    private final List<DriveControl> drives = new ArrayList<>(List.of(vm1, scratch));
    private final List<String> queue = new ArrayList<>(List.of("the queue"));
    private final WatchView view = new WatchView(new WatchSource() {
        @Override
        public List<DriveControl> drives() {
            return drives;
        }

        @Override
        public List<GroupControl> groups() {
            return TestServices.groups();
        }

        @Override
        public List<String> queue(String drive, int columns) {
            return queue;
        }

        @Override
        public List<String> latencies(String drive) {
            return List.of("held p50 20 ms");
        }

        @Override
        public void groupLimits(String group, String settings) {
            changes.add("group " + group + " " + settings);
        }

        @Override
        public void limits(String drive, String settings) {
            if (settings.contains("bad")) {
                throw new IllegalArgumentException("bad is bad");
            }
            changes.add(drive + " " + settings);
        }
    });

    WatchViewTest() {
        view.look(-SECOND);
        // one second: 5 MiB in 320 reads and 1 MiB in 16 writes
        vm1.done(320, 5 << 20, 16, 1 << 20);
        view.look(0);
    }

    private List<String> screen(int columns, int rows) {
        List<AttributedString> screen = view.screen(columns, rows);
        assertEquals(rows, screen.size());
        screen.forEach(line -> assertTrue(line.columnLength() <= columns, line::toString));
        return screen.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    private void type(String text) {
        text.chars().forEach(c -> view.press(new Key(Kind.CHARACTER, (char) c)));
    }

    private void press(Kind kind) {
        view.press(new Key(kind, '\0'));
    }

    @Test
    void driveIsALine() {
        assertEquals(
                List.of(
                        "2 drives, 2 waiting, 6 MiB/s, 336/s; by configured",
                        "  DRIVE         RATE  REQ/S  LIMIT             USED QUEUED                 NEXT",
                        "> vm1        6 MiB/s    336  iops 500 █████▍··  67%      2 ██           87.5 ms",
                        "  scratch        0/s      0  -                    -      0                    -",
                        "",
                        "q leave  ↑↓ pick  enter look  / find  g groups  t tree  s sort  l limit  ? help"),
                screen(79, 6));
    }

    @Test
    void selectionShowsDetails() {
        press(Kind.ENTER);
        List<String> screen = screen(79, 24);
        assertEquals("vm1: serving, policy bucket, group tenant-a", screen.get(0));
        assertEquals("reads 5 MiB/s 320/s, writes 1 MiB/s 16/s, in flight 3", screen.get(1));
        assertEquals("bps 10MiB              ████▊···  60%       6 MiB/s  owes 95 ms", screen.get(2));
        assertEquals("iops 500               █████▍··  67%         336/s  owes 0", screen.get(3));
        assertEquals("tenant-a: iops 2000    █▍······  17%         336/s", screen.get(4));
        assertEquals("timer due in 87.5 ms, fired 1234 times, last 40 µs late, worst 1.2 ms", screen.get(5));
        assertEquals("held p50 20 ms", screen.get(6));
        assertEquals("queue 2  ██", screen.get(7));
        assertEquals("the queue", screen.get(8));
        press(Kind.ESCAPE);
        assertTrue(screen(79, 24).get(0).startsWith("2 drives"));
    }

    @Test
    void requestsHeldByFiltersAreShown() {
        vm1.filters(
                new FilterSnapshot("trace", Map.of(), 0, ""), new FilterSnapshot("faults", Map.of(), 31, "no script"));
        view.look(SECOND);
        assertTrue(screen(79, 6).get(2).contains(" 2+31 "), () -> screen(79, 6).toString());
        assertTrue(screen(79, 6).get(3).contains(" 0 "), () -> screen(79, 6).toString());
        press(Kind.ENTER);
        assertEquals("filters trace, faults holds 31: no script", screen(79, 24).get(2));
    }

    @Test
    void keysPickAndSort() {
        press(Kind.DOWN);
        assertTrue(screen(79, 6).get(3).startsWith("> scratch"));
        press(Kind.DOWN);
        assertTrue(screen(79, 6).get(2).startsWith("> vm1"));
        press(Kind.UP);
        type("s");
        List<String> byRate = screen(79, 6);
        assertTrue(byRate.get(0).endsWith("; by rate"));
        assertTrue(byRate.get(2).startsWith("  vm1") && byRate.get(3).startsWith("> scratch"), byRate::toString);
    }

    @Test
    void wideTerminalAddsReadsWritesAndLatency() {
        List<String> screen = screen(140, 6);
        assertTrue(
                screen.get(1).matches("  DRIVE +RATE +REQ/S +READS +WRITES +LIMIT +USED +QUEUED +NEXT +LATENCY"),
                screen::toString);
        // five requests inside the drive, 336 answered per second
        assertTrue(
                screen.get(2)
                        .matches("> vm1 +6 MiB/s +336 +5 MiB/s +1 MiB/s +iops 500 █+▍··  67% +2 ██ +87.5 ms +14.9 ms"),
                screen::toString);
    }

    @Test
    void namesAndLimitsAreCutLast() {
        drives.add(TestDrive.idle("customer-database-primary-volume-0001"));
        view.look(SECOND);
        for (int columns : new int[] {79, 120, 200}) {
            List<String> wide = screen(columns, 8);
            assertTrue(wide.get(4).startsWith("  customer-database-primary-volume-0001 "), wide::toString);
        }
        List<String> narrow = screen(60, 8);
        assertTrue(narrow.get(4).startsWith("  customer-database-prima… "), narrow::toString);
        assertTrue(narrow.get(2).contains("bps 10MiB"), narrow::toString);
    }

    @Test
    void pageKeysScrollAndThePositionIsShown() {
        for (int i = 0; i < 38; i++) {
            drives.add(TestDrive.idle("d" + i));
        }
        view.look(SECOND);
        assertTrue(screen(79, 13).get(0).endsWith("; by configured; 1–10 of 40"));
        press(Kind.PAGE_DOWN);
        press(Kind.PAGE_DOWN);
        List<String> third = screen(79, 13);
        assertTrue(third.get(0).endsWith("; 16–25 of 40"), third::toString);
        assertTrue(third.stream().anyMatch(line -> line.startsWith("> d18")), third::toString);
        press(Kind.LAST);
        assertTrue(screen(79, 13).get(0).endsWith("; 31–40 of 40"));
        press(Kind.PAGE_DOWN);
        assertTrue(screen(79, 13).get(11).startsWith("> d37"));
        press(Kind.PAGE_UP);
        assertTrue(screen(79, 13).stream().anyMatch(line -> line.startsWith("> d27")));
        press(Kind.FIRST);
        assertTrue(screen(79, 13).get(2).startsWith("> vm1"));
    }

    @Test
    void listIsFilteredDuringTyping() {
        type("/SCR");
        assertTrue(screen(79, 6).get(5).startsWith("find SCR▏"));
        assertTrue(screen(79, 6).get(0).endsWith("by configured, with \"SCR\""));
        assertTrue(screen(79, 6).get(2).startsWith("> scratch"));
        press(Kind.ENTER);
        assertEquals("", screen(79, 6).get(3));
        press(Kind.ESCAPE);
        assertTrue(screen(79, 6).get(2).startsWith("  vm1"));
        type("/x");
        assertEquals("", screen(79, 6).get(2));
        press(Kind.ENTER);
        press(Kind.ENTER);
        assertEquals("", screen(79, 6).get(2));
    }

    @Test
    void groupsAreListedAndEnteredLikeDrives() {
        type("g");
        List<String> groups = screen(79, 6);
        assertTrue(groups.get(0).endsWith("; groups by name"), groups::toString);
        assertTrue(groups.get(1).startsWith("  GROUP"), groups::toString);
        assertTrue(groups.get(2).matches("> tenant-a +6 MiB/s +336 +iops 2000 .* 17% +5 .*"), groups::toString);
        assertTrue(groups.get(3).contains("holding: policy own is missing"), groups::toString);
        type("liops=5k");
        press(Kind.ENTER);
        assertEquals(List.of("group tenant-a iops=5k"), changes);
        press(Kind.ENTER);
        List<String> members = screen(79, 6);
        assertTrue(members.get(0).endsWith("by configured, of tenant-a"), members::toString);
        assertTrue(members.get(2).startsWith("> vm1") && members.get(3).isEmpty(), members::toString);
        press(Kind.ESCAPE);
        assertTrue(screen(79, 6).get(1).startsWith("  GROUP"));
        type("g");
        assertTrue(screen(79, 6).get(1).startsWith("  DRIVE"));
    }

    @Test
    void questionMarkShowsHelp() {
        type("?");
        assertTrue(screen(79, 24).get(0).startsWith("q            leaves"));
        assertTrue(screen(79, 24).contains("Any key goes back."));
        assertEquals(screen(200, 24).subList(0, 22), screen(79, 24).subList(0, 22), "no line is cut");
        type("x");
        assertTrue(screen(79, 24).get(0).startsWith("2 drives"));
    }

    @Test
    void longQueueScrolls() {
        IntStream.rangeClosed(1, 40).forEach(i -> queue.add("request " + i));
        press(Kind.ENTER);
        List<String> screen = screen(79, 15);
        assertEquals("request 1", screen.get(9));
        assertEquals("1–4 of 40", screen.get(13));
        press(Kind.PAGE_DOWN);
        assertEquals("request 5", screen(79, 15).get(9));
        IntStream.range(0, 20).forEach(i -> press(Kind.PAGE_DOWN));
        assertEquals("request 40", screen(79, 15).get(12));
        press(Kind.PAGE_UP);
        assertEquals("request 33", screen(79, 15).get(9));
    }

    @Test
    void removedDriveClosesItsDetails() {
        press(Kind.ENTER);
        drives.remove(vm1);
        view.look(SECOND);
        assertTrue(screen(79, 6).get(0).startsWith("1 drives"));
    }

    @Test
    void controlCharactersAreReplaced() {
        queue.add("client a\u001b[2J\u009b31m\u202eb");
        press(Kind.ENTER);
        assertTrue(screen(79, 24).contains("client a?[2J?31m?b"));
    }

    @Test
    void jsonHasNumbers() {
        LiveDrive live = view.live().get(0);
        assertEquals(
                new LiveDrive(
                        "vm1",
                        State.SERVING,
                        "tenant-a",
                        320,
                        5 << 20,
                        16,
                        1 << 20,
                        "iops",
                        67L,
                        2,
                        3,
                        List.of(),
                        List.of(),
                        0,
                        0,
                        14_880_952L),
                live);
        assertNull(view.live().get(1).limit());
    }

    @Test
    void activeFaultsFollowTheLimit() {
        vm1.faults().set(Fault.of("slow-fsync", Map.of("on", "flush", "latency", "2ms")));
        view.look(SECOND);
        assertTrue(String.join("\n", screen(120, 8)).contains("fault slow-fsync"), () -> screen(120, 8)
                .toString());
        LiveDrive live = view.live().get(0);
        assertEquals(List.of("slow-fsync"), live.faults());
        assertEquals(List.of(12L, 3L), List.of(live.faultRequests(), (long) live.heldByFaults()));
    }

    @Test
    void limitsAreChanged() {
        type("l");
        assertEquals("limits vm1 ▏ enter sets, esc cancels", screen(79, 6).get(5));
        type("bps=20Mq");
        press(Kind.BACKSPACE);
        assertEquals(
                "limits vm1 bps=20M▏ enter sets, esc cancels", screen(79, 6).get(5));
        press(Kind.ENTER);
        assertEquals(List.of("vm1 bps=20M"), changes);
        assertEquals("vm1: bps=20M, until reload --restore", screen(79, 6).get(5));
        type("lbad");
        press(Kind.ENTER);
        assertEquals("bad is bad", screen(79, 6).get(5));
        type("liops=1");
        press(Kind.ESCAPE);
        assertEquals(List.of("vm1 bps=20M"), changes);
        assertTrue(!view.isLeft());
        type("q");
        assertTrue(view.isLeft());
    }

    @Test
    void frameRateIsTwoToTen() {
        assertEquals(SECOND / 4, view.intervalNanos());
        type("++++");
        assertEquals(SECOND / 10, view.intervalNanos());
        type("-----");
        assertEquals(SECOND / 2, view.intervalNanos());
    }

    @Test
    void selectionStaysVisible() {
        for (int i = 0; i < 1000; i++) {
            drives.add(TestDrive.idle("d" + i));
        }
        view.look(SECOND);
        for (int i = 0; i < 60; i++) {
            press(i < 50 ? Kind.DOWN : Kind.UP);
            assertEquals(
                    1,
                    screen(79, 24).stream()
                            .filter(line -> line.startsWith("> "))
                            .count());
        }
        drives.clear();
        view.look(2 * SECOND);
        press(Kind.DOWN);
        type("l");
        assertEquals(
                "0 drives, 0 waiting, 0/s, 0/s; by configured", screen(79, 24).get(0));
    }

    @Test
    void hiddenDrivesArePolledTwiceASecond() {
        List<TestDrive> many =
                IntStream.range(0, 1000).mapToObj(i -> TestDrive.idle("d" + i)).toList();
        drives.addAll(many);
        type("++");
        view.look(SECOND);
        screen(79, 24);
        int[] before = many.stream().mapToInt(TestDrive::looks).toArray();
        for (int i = 1; i <= 10; i++) {
            vm1.done(10, 0, 0, 0);
            many.get(999).done(50, 0, 0, 0);
            view.look(SECOND + i * SECOND / 10);
            screen(79, 24);
        }
        for (int i = 0; i < many.size(); i++) {
            // three lines show no drives and two drives are above
            int expected = i < 24 - 3 - 2 ? 10 : 2;
            assertEquals(expected, many.get(i).looks() - before[i], "d" + i);
        }
        assertEquals(
                "1002 drives, 2 waiting, 0/s, 600/s; by configured; 1–21 of 1002",
                screen(79, 24).get(0));
    }

    @Test
    void anyScreenSizeWorks() {
        for (int columns = 1; columns < 200; columns += 7) {
            for (int rows = 1; rows < 10; rows++) {
                screen(columns, rows);
            }
        }
        assertEquals(4, view.frame(80).lines().count());
    }

    @Test
    void treeShowsSharesWeightsAndMinima() {
        type("t");
        assertEquals(
                List.of(
                        "2 drives, 2 waiting, 6 MiB/s, 336/s; groups and their drives",
                        "  GROUP          RATE  REQ/S SHARE WEIGHT QUEUED  LIMIT      USED  MIN",
                        "> tenant-a    6 MiB/s    336                   5  iops 2000   17%",
                        "  └ vm1       6 MiB/s    336  100%      3      2  iops 500    67%  iops=100",
                        "  tenant-b  holding: policy own is missing",
                        "",
                        "q leave  ↑↓ pick  enter look  / find  g groups  t tree  s sort  l limit  ? help"),
                screen(110, 7));
    }

    @Test
    void treeLeadsToItsGroupsAndDrives() {
        type("t");
        type("l");
        type("iops=9");
        press(Kind.ENTER);
        press(Kind.DOWN);
        type("l");
        type("weight=2");
        press(Kind.ENTER);
        assertEquals(List.of("group tenant-a iops=9", "vm1 weight=2"), changes);
        press(Kind.ENTER);
        assertEquals(
                "vm1: serving, policy bucket, group tenant-a", screen(79, 24).get(0));
        press(Kind.ESCAPE);
        type("t");
        press(Kind.ENTER);
        assertTrue(screen(79, 24).get(0).endsWith("by configured, of tenant-a"), () -> screen(79, 24)
                .get(0));
        type("t");
        type("t");
        assertTrue(screen(79, 24).get(0).endsWith("by configured"), () -> screen(79, 24)
                .get(0));
    }
}
