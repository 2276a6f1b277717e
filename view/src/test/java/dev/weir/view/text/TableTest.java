package dev.weir.view.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTest {

    private record Row(String name, String state, String size, String limits) {}

    private static final Table<Row> TABLE = new Table<>(
            "no rows",
            List.of(
                    Column.left("NAME", Row::name),
                    Column.flexible("STATE", Row::state),
                    Column.right("SIZE", Row::size),
                    Column.flexible("LIMITS", Row::limits)));

    private static final List<Row> ROWS = List.of(
            new Row("vm1", "serving", "10 GiB", "bps=10MiB iops=500 iops_max=2000 iops_max_length=30s"),
            new Row("scratch", "holding: no policy \"slice\"", "512 B", ""));

    @Test
    void wideTerminalShowsEverything() {
        assertEquals(
                """
                NAME     STATE                         SIZE  LIMITS
                vm1      serving                     10 GiB  bps=10MiB iops=500 iops_max=2000 iops_max_length=30s
                scratch  holding: no policy "slice"   512 B  -""",
                TABLE.text(ROWS, 200));
    }

    @Test
    void widestColumnShrinksFirst() {
        assertEquals(
                """
                NAME     STATE                         SIZE  LIMITS
                vm1      serving                     10 GiB  bps=10MiB iops=500 iops_max=20…
                scratch  holding: no policy "slice"   512 B  -""",
                TABLE.text(ROWS, 76));
    }

    @Test
    void allFlexibleColumnsShrink() {
        assertEquals(
                """
                NAME     STATE      SIZE  LIMITS
                vm1      serving  10 GiB  bps=10M…
                scratch  holdin…   512 B  -""",
                TABLE.text(ROWS, 34));
    }

    @Test
    void groupNameIsCutBeforeTheKeyOfItsLimit() {
        Table<Row> held = new Table<>("", List.of(Column.left("", Row::name), Column.limit("", Row::limits, 0)));
        List<Row> rows = List.of(
                new Row("vm1", "", "", "tenant-b-production-databases: bps"), new Row("vm2", "", "", "iops_wr"));
        assertEquals("vm1  tenant-b-pro…: bps\nvm2  iops_wr", held.text(rows, 23));
        assertEquals("vm1  t…: bps\nvm2  iops_wr", held.text(rows, 12));
        assertEquals("vm1  tenan…\nvm2  iops_…", held.text(rows, 11));
    }

    @Test
    void columnThatDoesNotFitIsCut() {
        assertEquals(
                """
                NAME     STATE      …
                vm1      serving    …
                scratch  holding: … …""",
                TABLE.text(ROWS, 21));
    }

    private static final Table<Row> WORDS = new Table<>(
            "",
            List.of(
                    Column.left("NAME", Row::name),
                    Column.words("LIMITS", Row::limits),
                    Column.flexible("STATE", Row::state),
                    Column.right("SIZE", Row::size)));

    @Test
    void wordsWrapBelowTheirColumn() {
        assertEquals(
                """
                NAME     LIMITS               STATE    …
                vm1      bps=10MiB iops=500   serving  …
                         iops_max=2000
                         iops_max_length=30s
                scratch  -                    holding… …""",
                WORDS.text(ROWS, 40));
    }

    @Test
    void wordsWithoutRoomFollowTheirRow() {
        assertEquals(
                """
                NAME     STATE        …
                vm1      serving      …
                  bps=10MiB iops=500
                  iops_max=2000
                  iops_max_length=30s
                scratch  holding: no… …""",
                WORDS.text(ROWS, 23));
    }

    @ParameterizedTest
    @ValueSource(ints = {22, 23, 30, 40, 57, 80, 120})
    void everyWordIsShownOnAnyTerminal(int width) {
        List<String> words = WORDS.text(ROWS, width)
                .lines()
                .flatMap(line -> Stream.of(line.strip().split(" +")))
                .toList();
        assertTrue(words.containsAll(List.of(ROWS.get(0).limits().split(" "))), words::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 21, 33, 40, 80, 200})
    void noLineIsWiderThanTheTerminal(int width) {
        TABLE.text(ROWS, width).lines().forEach(line -> assertTrue(line.length() <= width, line));
    }

    @Test
    void wideCharactersTakeTwoCells() {
        Table<String> table = new Table<>("", List.of(Column.left("A", s -> s), Column.left("B", s -> "x")));
        assertEquals("A     B\n磁盘  x\nab    x", table.text(List.of("磁盘", "ab"), 80));
        assertEquals("A …\n磁…\nab…", table.text(List.of("磁盘", "ab"), 3));
    }

    @Test
    void cellsAreEscaped() {
        Table<String> table = new Table<>("", List.of(Column.left("A", s -> s)));
        assertEquals("A\na?[2Jb? c", table.text(List.of("a\u001b[2Jb\r\nc"), 80));
        assertEquals("A\na?31m?b?c", table.text(List.of("a\u009b31m\u202eb\u2028c"), 80));
    }

    @Test
    void emptyTableIsAText() {
        assertEquals("no rows", TABLE.text(List.of(), 80));
    }
}
