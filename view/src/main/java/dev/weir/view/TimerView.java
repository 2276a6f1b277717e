package dev.weir.view;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.List;

/**
 * The timer that releases a drive's queue.
 *
 * @param drive the name of the drive
 * @param armed whether it is scheduled
 * @param dueInNanos the time until it is due (nanoseconds); negative if it is late and 0 if it is not armed
 * @param fired the number of times it has fired
 * @param lastLateNanos the last delay behind the due time (nanoseconds)
 * @param worstLateNanos the longest delay behind the due time (nanoseconds)
 */
public record TimerView(
        String drive, boolean armed, long dueInNanos, long fired, long lastLateNanos, long worstLateNanos) {

    private static final Table<TimerView> TABLE = new Table<>(
            "no drives",
            List.of(
                    Column.left("DRIVE", TimerView::drive),
                    Column.left("STATE", timer -> timer.armed ? "armed" : "idle"),
                    Column.right("DUE IN", timer -> timer.armed ? Units.nanos(timer.dueInNanos) : ""),
                    Column.right("FIRED", timer -> Long.toString(timer.fired)),
                    Column.right("LAST LATE", timer -> timer.fired == 0 ? "" : Units.nanos(timer.lastLateNanos)),
                    Column.right("WORST LATE", timer -> timer.fired == 0 ? "" : Units.nanos(timer.worstLateNanos))));

    public static TimerView of(DriveSnapshot drive) {
        DriveSnapshot.TimerSnapshot timer = drive.timer();
        return new TimerView(
                drive.name(),
                timer.armed(),
                timer.dueInNanos(),
                timer.fired(),
                timer.lastLateNanos(),
                timer.worstLateNanos());
    }

    public static Listing<TimerView> list(List<TimerView> timers) {
        return new Listing<>(TABLE, timers);
    }
}
