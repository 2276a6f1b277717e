package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.fault.Fault;
import dev.weir.shell.command.TestDrive;
import dev.weir.shell.watch.Key.Kind;
import dev.weir.throttle.LimitKey;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The screens of the live view. */
final class WatchViewTest extends WatchViewFixture {
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
    void groupNameIsCutBeforeTheKeyOfItsLimit() {
        Row row = new Row(
                "vm1",
                "",
                Rates.NONE,
                Optional.of(new LimitUsage(LimitKey.BPS, "tenant-b-production-databases: ", 0, 8 << 20)),
                "",
                0,
                0,
                new History(),
                "-",
                0);
        assertEquals("tenant-b-production-databases: bps 8MiB ", row.limit(40));
        assertEquals("tenant-b-prod…: bps 8MiB", row.limit(24));
        assertEquals("t…: bps 8MiB", row.limit(12));
        assertEquals("tenant-b-p…", row.limit(11));
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
    void frameRateIsTwoToTen() {
        assertEquals(SECOND / 4, view.intervalNanos());
        type("++++");
        assertEquals(SECOND / 10, view.intervalNanos());
        type("-----");
        assertEquals(SECOND / 2, view.intervalNanos());
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
}
