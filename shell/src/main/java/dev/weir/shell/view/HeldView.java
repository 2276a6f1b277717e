package dev.weir.shell.view;

import dev.weir.drive.control.QueuedRequest;
import dev.weir.shell.text.Column;
import dev.weir.shell.text.Rates;
import dev.weir.shell.text.Table;
import dev.weir.shell.text.Units;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The waiting requests of a drive that one limit holds, in sum.
 *
 * @param drive the drive's name
 * @param heldBy what holds them, as {@link QueuedView} has it
 * @param waiting how many they are
 * @param lengthBytes how much they ask for together
 * @param oldestNanos how long the oldest has been waiting
 * @param allGoInNanos how long until the last of them goes if nothing changes; null if that cannot be said
 * @param rates what the drive does meanwhile
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
                    Column.flexible("HELD BY", HeldView::heldBy),
                    Column.right("WAITING", held -> Integer.toString(held.waiting)),
                    Column.right("BYTES", held -> Units.bytes(held.lengthBytes)),
                    Column.right("OLDEST", held -> Units.nanos(held.oldestNanos)),
                    Column.right("ALL GO IN", held -> held.allGoInNanos == null ? "" : Units.nanos(held.allGoInNanos)),
                    Column.right("RATE", held -> Units.bytes(held.rates.bytes()) + "/s"),
                    Column.right("REQ/S", held -> Long.toString(held.rates.requests()))));

    /** Sums up the queue of a drive, a row for each limit that holds any of it. */
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
