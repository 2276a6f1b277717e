package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.command.TestDrive;
import dev.weir.shell.command.TestServices;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WatchedTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void groupsAddUpTheRatesOfAllDrivesBelow() {
        TestDrive vm1 = TestDrive.busy("vm1");
        List<DriveControl> drives = List.of(vm1);
        List<GroupControl> groups = TestServices.groups();
        groups.get(1).change(ThrottleLimits.NONE, "tenant-b", Share.DEFAULT);
        Watched watched = new Watched();
        watched.look(drives, groups, -SECOND, 1);
        vm1.done(320, 5 << 20, 16, 1 << 20);
        watched.look(drives, groups, 0, 1);
        assertEquals(
                List.of("tenant-a 336", "tenant-b 336"),
                watched.groups().stream()
                        .map(track -> track.group().name() + " "
                                + Math.round(track.rates().requests()))
                        .collect(Collectors.toList()));
        assertEquals(
                List.of("tenant-b", "└─tenant-a", "  └─vm1"),
                TreeRow.all(watched).stream().map(TreeRow::label).toList());
    }
}
