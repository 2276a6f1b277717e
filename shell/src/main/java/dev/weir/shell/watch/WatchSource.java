package dev.weir.shell.watch;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import java.util.List;

/** The data source of the live view, and the target of its limit changes. Thread-safe. */
public interface WatchSource {

    /** Returns the drives in display order. */
    List<DriveControl> drives();

    /** Returns the groups. */
    List<GroupControl> groups();

    /** Returns the table of a drive's waiting requests as lines of at most {@code columns} cells. */
    List<String> queue(String drive, int columns);

    /** Returns one line of latency percentiles for each kind of latency that was measured. */
    List<String> latencies(String drive);

    /**
     * Changes limits of a drive.
     *
     * @param settings for example {@code bps=10M iops=0}
     * @throws RuntimeException if the settings are invalid; the message gives the reason
     */
    void limits(String drive, String settings);

    /** Changes limits of a group, with the same settings and errors as {@link #limits}. */
    void groupLimits(String group, String settings);
}
