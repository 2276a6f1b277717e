package dev.weir.view;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Formats the results of commands as one line of JSON: records as objects and lists as arrays.
 *
 * <p>A record's component becomes a field in {@code snake_case}: {@code dueInNanos} becomes {@code due_in_nanos}.
 * Numbers are integers in the unit that ends the name. Limits are in the unit of their key (see LimitKey). Enum
 * constants are in lower case. A missing value is {@code null} and its field stays. Each object begins with
 * {@code time} (UTC): the current time, or that of the event. The records' Javadoc documents the fields. New versions
 * may add fields and keep the existing ones.
 *
 * <p>Thread-safe.
 */
public final class Json {
    private Json() {}

    /**
     * Returns the JSON of a view. Adds the current time to the top-level object, or to each object of a top-level
     * array.
     */
    public static String text(Object view) {
        return text(view, Instant.now());
    }

    /** Returns the JSON of a part of an answer, without a time. */
    public static String part(Object view) {
        return new JsonText().add(view).toString();
    }

    static String text(Object view, Instant now) {
        return new JsonText()
                .addTimed(view, now.truncatedTo(ChronoUnit.MICROS).toString())
                .toString();
    }
}
