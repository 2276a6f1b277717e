package dev.weir.view;

import dev.weir.fault.FaultState;
import dev.weir.fault.Unflushed;
import dev.weir.view.text.Column;
import dev.weir.view.text.KeyValues;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a drive.
 *
 * @param drive the name of the drive
 * @param fault the name of the fault
 * @param active whether it affects requests now
 * @param changesInNanos the time until it begins or ends by itself (nanoseconds); null if it does neither
 * @param requests the number of requests that it has affected
 * @param holding the number of requests that it holds now
 * @param seed the seed of its random choices
 * @param settings its settings by key, without the seed
 */
public record FaultView(
        String drive,
        String fault,
        boolean active,
        @Nullable Long changesInNanos,
        long requests,
        int holding,
        long seed,
        Map<String, String> settings) {

    private static final String SEED = "seed";

    private static final Table<FaultView> TABLE = new Table<>(
            "no faults",
            List.of(
                    Column.left("DRIVE", FaultView::drive),
                    Column.left("FAULT", FaultView::fault),
                    Column.left("STATE", FaultView::state),
                    Column.right("HIT", fault -> Long.toString(fault.requests)),
                    Column.right("HOLDS", fault -> Integer.toString(fault.holding)),
                    Column.words("SETTINGS", FaultView::words),
                    Column.right("SEED", fault -> Long.toString(fault.seed))));

    public static FaultView of(String drive, FaultState state) {
        return new FaultView(
                drive,
                state.fault().name(),
                state.active(),
                state.changesInNanos() < 0 ? null : state.changesInNanos(),
                state.requests(),
                state.holding(),
                Objects.requireNonNullElse(state.fault().seed(), 0L),
                state.fault().settings().entrySet().stream()
                        .filter(setting -> !setting.getKey().equals(SEED))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new)));
    }

    private String state() {
        if (changesInNanos == null) {
            return active ? "active" : "over";
        }
        return (active ? "ends in " : "begins in ") + Units.nanos(changesInNanos);
    }

    private String words() {
        return KeyValues.text(settings);
    }

    /** Returns the fault in one line for the view of a drive. */
    String line() {
        return "%s %s, hit %d, holds %d: %s".formatted(fault, state(), requests, holding, words());
    }

    /**
     * Returns a listing of faults.
     *
     * @param records the records of unflushed writes by drive
     */
    public static Listing<FaultView> list(List<FaultView> faults, Map<String, Unflushed> records) {
        String below = records.entrySet().stream()
                .map(each -> "%s: %s".formatted(each.getKey(), text(each.getValue())))
                .collect(Collectors.joining("\n"));
        return new Listing<>(TABLE, faults, width -> below);
    }

    private static String text(Unflushed record) {
        String writes = record.writes() == 0
                ? "no write; all are flushed"
                : "%d unflushed writes, %s".formatted(record.writes(), Units.bytes(record.bytes()));
        return "a power cut can lose %s; the record holds %s".formatted(writes, Units.bytes(record.maxBytes()));
    }
}
