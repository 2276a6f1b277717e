package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.command.TestDrive;
import dev.weir.shell.command.TestServices;
import dev.weir.shell.watch.Key.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.AttributedString;

/** The live view on two drives with fixed numbers. */
abstract class WatchViewFixture {
    static final long SECOND = 1_000_000_000L;

    final List<String> changes = new ArrayList<>();
    final TestDrive vm1 = TestDrive.busy("vm1");
    final TestDrive scratch = TestDrive.idle("scratch");
    final List<DriveControl> drives = new ArrayList<>(List.of(vm1, scratch));
    final List<String> queue = new ArrayList<>(List.of("the queue"));
    final WatchView view = new WatchView(new WatchSource() {
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

    WatchViewFixture() {
        view.look(-SECOND);
        // one second: 5 MiB in 320 reads and 1 MiB in 16 writes
        vm1.done(320, 5 << 20, 16, 1 << 20);
        view.look(0);
    }

    List<String> screen(int columns, int rows) {
        List<AttributedString> screen = view.screen(columns, rows);
        assertEquals(rows, screen.size());
        screen.forEach(line -> assertTrue(line.columnLength() <= columns, line::toString));
        return screen.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    void type(String text) {
        text.chars().forEach(c -> view.press(new Key(Kind.CHARACTER, (char) c)));
    }

    void press(Kind kind) {
        view.press(new Key(kind, '\0'));
    }
}
