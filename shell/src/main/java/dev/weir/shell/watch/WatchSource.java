package dev.weir.shell.watch;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import java.util.List;

/** What a live view shows and changes. Thread-safe. */
public interface WatchSource {

    /** Returns the drives, in the order in which they are shown. */
    List<DriveControl> drives();

    /** Returns the groups. */
    List<GroupControl> groups();

    /** Returns the lines of a table of what waits in a drive's queue, no wider than this. */
    List<String> queue(String drive, int columns);

    /** Returns how long a drive's requests took so far, a line for each that was measured. */
    List<String> latencies(String drive);

    /**
     * Changes limits of a drive.
     *
     * @param settings as {@code bps=10M iops=0}
     * @throws RuntimeException if they cannot be; the message says why
     */
    void limits(String drive, String settings);

    /** Changes limits of a group, likewise. */
    void groupLimits(String group, String settings);
}
