package dev.weir.view;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request waiting in a drive's queue.
 *
 * @param drive the name of the drive
 * @param id the number of the request within the drive
 * @param client the client that sent it
 * @param operation the operation: {@code read}, {@code write}, {@code write_zeroes}, {@code fast_zero}, {@code trim},
 *     {@code cache} or {@code flush}
 * @param offsetBytes the offset in the drive (bytes)
 * @param lengthBytes the length (bytes)
 * @param ageNanos the time waited so far (nanoseconds)
 * @param heldBy the limit that holds it when its turn comes: {@code bps_rd}, {@code flushes} or a group's limit
 *     ({@code tenant-a: iops}). It is {@code turn} without such a limit and the reason if the policy is missing.
 * @param goesInNanos the time until its release (nanoseconds) if nothing changes; null if unknown
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
                    Column.limit("HELD BY", QueuedView::heldBy, 0),
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

    /** Returns the waiting requests of a drive. */
    public static Listing<QueuedView> list(DriveControl drive) {
        return list(
                drive.queue().stream().map(request -> of(drive.name(), request)).toList());
    }

    /** Returns a listing of requests. The sums by drive and limit follow if it has two or more requests. */
    public static Listing<QueuedView> list(List<QueuedView> requests, List<HeldView> sums) {
        return requests.size() < 2
                ? new Listing<>(TABLE, requests)
                : new Listing<>(TABLE, requests, HeldView.list(sums)::text);
    }

    private static Listing<QueuedView> list(List<QueuedView> requests) {
        return new Listing<>(TABLE, requests);
    }
}
