package dev.weir.view;

import dev.weir.drive.control.QueuedRequest;
import dev.weir.view.text.Column;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A summary of those waiting requests of a drive that one limit holds.
 *
 * @param drive the name of the drive
 * @param heldBy the limit that holds them, as in {@link QueuedView}
 * @param waiting the number of requests
 * @param lengthBytes their total length (bytes)
 * @param oldestNanos the longest time waited so far (nanoseconds)
 * @param allGoInNanos the time until the last one is released (nanoseconds) if nothing changes; null if unknown
 * @param rates the drive's current rates
 */
public record HeldView(
        String drive,
        String heldBy,
        int waiting,
        long lengthBytes,
        long oldestNanos,
        @Nullable Long allGoInNanos,
        DriveRates rates) {

    private static final Table<HeldView> TABLE = new Table<>(
            "nothing waits",
            List.of(
                    Column.flexible("DRIVE", HeldView::drive),
                    Column.limit("HELD BY", HeldView::heldBy, 0),
                    Column.right("WAITING", held -> Integer.toString(held.waiting)),
                    Column.right("BYTES", held -> Units.bytes(held.lengthBytes)),
                    Column.right("OLDEST", held -> Units.nanos(held.oldestNanos)),
                    Column.right("ALL GO IN", held -> held.allGoInNanos == null ? "" : Units.nanos(held.allGoInNanos)),
                    Column.right("RATE", held -> Units.bytes(held.rates.bytes()) + "/s"),
                    Column.right("REQ/S", held -> Long.toString(held.rates.requests()))));

    /** Returns one summary for each limit that holds requests of the drive. */
    public static List<HeldView> of(String drive, List<QueuedRequest> queue, Rates rates) {
        Map<String, List<QueuedRequest>> byHolder = new LinkedHashMap<>();
        queue.forEach(request -> byHolder.computeIfAbsent(request.heldBy(), holder -> new ArrayList<>())
                .add(request));
        List<HeldView> rows = new ArrayList<>();
        byHolder.forEach((holder, requests) -> rows.add(new HeldView(
                drive,
                holder,
                requests.size(),
                requests.stream().mapToLong(QueuedRequest::length).sum(),
                requests.stream().mapToLong(QueuedRequest::ageNanos).max().orElse(0),
                allGoInNanos(requests),
                DriveRates.of(rates))));
        return rows;
    }

    private static @Nullable Long allGoInNanos(List<QueuedRequest> requests) {
        long last = 0;
        for (QueuedRequest request : requests) {
            if (request.goesInNanos() < 0) {
                return null;
            }
            last = Math.max(last, request.goesInNanos());
        }
        return last;
    }

    public static Listing<HeldView> list(List<HeldView> rows) {
        return new Listing<>(TABLE, rows);
    }
}
