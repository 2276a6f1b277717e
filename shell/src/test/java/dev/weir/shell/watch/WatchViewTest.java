package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.command.TestDrive;
import dev.weir.shell.watch.Key.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;

/** Live views of drives whose every number is known. */
final class WatchViewTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> changes = new ArrayList<>();
    private final TestDrive vm1 = TestDrive.busy("vm1");
    private final TestDrive scratch = TestDrive.idle("scratch");
    private final List<DriveControl> drives = new ArrayList<>(List.of(vm1, scratch));
    private final WatchView view = new WatchView(new WatchSource() {
        @Override
        public List<DriveControl> drives() {
            return drives;
        }

        @Override
        public List<GroupControl> groups() {
            return List.of();
        }

        @Override
        public List<String> queue(String drive, int columns) {
            return List.of("the queue of " + drive);
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
        // in a second: 5 MiB read and 1 MiB written, in 320 and 16 requests
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
                        "  DRIVE               RATE  LIMIT        USED          QUEUED              NEXT",
                        "> vm1                336/s  iops 500     █████▍··  67%      2  ██       87.5 ms",
                        "  scratch              0/s  -                               0                 -",
                        "",
                        "q leave  ↑↓ pick  enter look  s sort  l limits  +- speed"),
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
        assertEquals("timer due in 87.5 ms, fired 1234 times, last 40 µs late, worst 1.2 ms", screen.get(4));
        assertEquals("queue 2  ██", screen.get(5));
        assertEquals("the queue of vm1", screen.get(6));
        press(Kind.ESCAPE);
        assertTrue(screen(79, 24).get(0).startsWith("2 drives"));
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
    void limitsAreChanged() {
        type("l");
        assertEquals("limits vm1 ▏ enter sets, esc leaves it", screen(79, 6).get(5));
        type("bps=20Mq");
        press(Kind.BACKSPACE);
        assertEquals(
                "limits vm1 bps=20M▏ enter sets, esc leaves it", screen(79, 6).get(5));
        press(Kind.ENTER);
        assertEquals(List.of("vm1 bps=20M"), changes);
        assertEquals("vm1: bps=20M, until a reload", screen(79, 6).get(5));
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
            // three lines are not of drives, two drives come before
            int expected = i < 24 - 3 - 2 ? 10 : 2;
            assertEquals(expected, many.get(i).looks() - before[i], "d" + i);
        }
        assertEquals(
                "1002 drives, 2 waiting, 0/s, 600/s; by configured",
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
