package dev.weir.shell.view;

import dev.weir.drive.Operation;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.shell.text.Column;
import dev.weir.shell.text.Table;
import dev.weir.shell.text.Units;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits in a drive's queue.
 *
 * @param drive the drive's name
 * @param id the request's number within the drive
 * @param client whose it is
 * @param operation what it asks: {@code read}, {@code write}, {@code write_zeroes}, {@code fast_zero} or {@code trim}
 * @param offsetBytes where in the drive
 * @param lengthBytes how much
 * @param ageNanos how long it has been waiting
 * @param heldBy what holds it when its turn comes: a limit ({@code bps_rd}), a group's ({@code tenant-a: iops}),
 *     {@code turn} if none does, or why there is no policy
 * @param goesInNanos how long until it goes if nothing changes; null if that cannot be said
 */
public record QueuedView(
        String drive,
        long id,
        String client,
        Operation operation,
        long offsetBytes,
        long lengthBytes,
        long ageNanos,
        String heldBy,
        @Nullable Long goesInNanos) {

    private static final Table<QueuedView> TABLE = new Table<>(
            "nothing waits",
            List.of(
                    Column.left("DRIVE", QueuedView::drive),
                    Column.right("ID", request -> Long.toString(request.id)),
                    Column.left("OP", request -> request.operation.name().toLowerCase(Locale.ROOT)),
                    Column.right("OFFSET", request -> Long.toString(request.offsetBytes)),
                    Column.right("LENGTH", request -> Units.bytes(request.lengthBytes)),
                    Column.right("AGE", request -> Units.nanos(request.ageNanos)),
                    Column.flexible("HELD BY", QueuedView::heldBy),
                    Column.right(
                            "GOES IN", request -> request.goesInNanos == null ? "" : Units.nanos(request.goesInNanos)),
                    Column.flexible("CLIENT", QueuedView::client)));

    public static QueuedView of(String drive, QueuedRequest request) {
        return new QueuedView(
                drive,
                request.id(),
                request.client(),
                request.operation(),
                request.offset(),
                request.length(),
                request.ageNanos(),
                request.heldBy(),
                request.goesInNanos() < 0 ? null : request.goesInNanos());
    }

    /** Returns what waits in a drive's queue. */
    public static Listing<QueuedView> list(DriveControl drive) {
        return list(
                drive.queue().stream().map(request -> of(drive.name(), request)).toList());
    }

    /** Returns a listing of requests; with more than one of them, the sums by drive and limit follow. */
    public static Listing<QueuedView> list(List<QueuedView> requests, List<HeldView> sums) {
        return requests.size() < 2
                ? new Listing<>(TABLE, requests)
                : new Listing<>(TABLE, requests, HeldView.list(sums)::text);
    }

    private static Listing<QueuedView> list(List<QueuedView> requests) {
        return new Listing<>(TABLE, requests);
    }
}
