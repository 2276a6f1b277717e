package dev.weir.view;

import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.view.text.Column;
import dev.weir.view.text.Details;
import dev.weir.view.text.Table;
import dev.weir.view.text.Units;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The result of a power cut.
 *
 * @param drive the name of the drive
 * @param keep the choice of the unflushed writes that survived
 * @param tearBytes the unit in which a write could survive in part (bytes); 0 for whole writes
 * @param seed the seed of the choice
 * @param writes the number of unflushed writes at the cut
 * @param lostWrites the number of these that lost at least a part
 * @param lostBytes the lost bytes
 * @param earlyBytes the bytes of unflushed writes that had reached the backend before because the record was full
 * @param lost the first lost ranges in the order of writing
 */
public record PowerCutView(
        String drive,
        PowerCut.Keep keep,
        int tearBytes,
        long seed,
        long writes,
        long lostWrites,
        long lostBytes,
        long earlyBytes,
        List<LostRange> lost)
        implements View {

    /**
     * A lost range.
     *
     * @param write the number of its write among the unflushed ones (from 1)
     * @param offsetBytes the offset in the drive (bytes)
     * @param lengthBytes the length (bytes)
     */
    public record LostRange(long write, long offsetBytes, long lengthBytes) {}

    private static final int MOST_SHOWN = 20;

    private static final Table<LostRange> TABLE = new Table<>(
            "",
            List.of(
                    Column.right("WRITE", range -> Long.toString(range.write)),
                    Column.right("OFFSET", range -> Long.toString(range.offsetBytes)),
                    Column.right("LENGTH", range -> Long.toString(range.lengthBytes))));

    public static PowerCutView of(String drive, PowerCutReport report) {
        return new PowerCutView(
                drive,
                report.how().keep(),
                report.how().tear(),
                Objects.requireNonNullElse(report.how().seed(), 0L),
                report.writes(),
                report.lostWrites(),
                report.lostBytes(),
                report.early(),
                report.lost().stream()
                        .map(range -> new LostRange(range.write(), range.offset(), range.length()))
                        .toList());
    }

    @Override
    public String text(int width) {
        String text = new Details()
                .row("drive", drive)
                .row(
                        "lost",
                        "%d of %d unflushed writes".formatted(lostWrites, writes)
                                + (lostWrites == 0 ? "" : ", " + Units.bytes(lostBytes)))
                .row("early", earlyBytes == 0 ? "" : Units.bytes(earlyBytes) + " had left the full record before")
                .row(
                        "again",
                        "keep=%s%s seed=%d"
                                .formatted(
                                        keep.name().toLowerCase(Locale.ROOT),
                                        tearBytes == 0 ? "" : " tear=" + tearBytes,
                                        seed))
                .text();
        if (lost.isEmpty()) {
            return text;
        }
        List<LostRange> shown = lost.subList(0, Math.min(MOST_SHOWN, lost.size()));
        String more =
                lost.size() > MOST_SHOWN ? "\nand " + (lost.size() - MOST_SHOWN) + " more; --json lists them" : "";
        return text + "\n\n" + TABLE.text(shown, width) + more;
    }
}
