package dev.weir.view.system;

import dev.weir.event.EventLog;
import dev.weir.event.StateEvent;
import dev.weir.log.PlainText;
import dev.weir.view.Listing;
import dev.weir.view.text.Column;
import dev.weir.view.text.KeyValues;
import dev.weir.view.text.Table;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of state.
 *
 * @param time its time (UTC)
 * @param id the number for {@code Last-Event-ID}
 * @param type its type: {@code drive-state}, {@code settings-changed} and so on
 * @param subject the drive or group; empty for Weir as a whole
 * @param details further values by the field names of the shell's JSON
 */
public record EventView(String time, String id, String type, String subject, Map<String, @Nullable Object> details) {

    private static final Table<EventView> TABLE = new Table<>(
            "no events",
            List.of(
                    Column.left("TIME", event -> event.time.replaceFirst("\\.\\d+Z$", "Z")),
                    Column.left("EVENT", EventView::type),
                    Column.left("OF", event -> event.subject.isEmpty() ? "-" : event.subject),
                    Column.flexible("DETAILS", EventView::detailsText)));

    /** Returns a listing of events. */
    public static Listing<EventView> list(List<EventView> events) {
        return new Listing<>(TABLE, events);
    }

    private String detailsText() {
        return PlainText.of(KeyValues.text(details));
    }

    /** Returns the kept events after a number; none without a log. */
    public static List<EventView> after(@Nullable EventLog log, long id) {
        return log == null
                ? List.of()
                : log.after(id).stream().map(entry -> of(log, entry)).toList();
    }

    private static EventView of(EventLog log, EventLog.Entry entry) {
        StateEvent event = entry.event();
        return new EventView(
                Instant.ofEpochMilli(event.timeMillis()).toString(),
                log.epoch() + "-" + entry.id(),
                event.type(),
                event.subject(),
                event.details());
    }

    /** Returns the number in an {@code id}; 0 if it is of another log or malformed. */
    public static long number(@Nullable EventLog log, @Nullable String id) {
        if (log == null || id == null || !id.startsWith(log.epoch() + "-")) {
            return 0;
        }
        String number = id.substring(log.epoch().length() + 1);
        return number.matches("\\d{1,18}") ? Long.parseLong(number) : 0;
    }
}
