package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.command.TestDrive;
import dev.weir.shell.watch.Key.Kind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The keys of the live view: selection, search, paging, groups and limits. */
final class WatchKeysTest extends WatchViewFixture {
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
    void treeShowsSharesWeightsAndMinima() {
        type("t");
        assertEquals(
                List.of(
                        "2 drives, 2 waiting, 6 MiB/s, 336/s; groups and their drives",
                        "  GROUP          RATE  REQ/S SHARE WEIGHT QUEUED  LIMIT      USED  MIN",
                        "> tenant-a    6 MiB/s    336                   5  iops 2000   17%",
                        "  └─vm1       6 MiB/s    336  100%      3      2  iops 500    67%  iops=100",
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
