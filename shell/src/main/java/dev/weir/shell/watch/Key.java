package dev.weir.shell.watch;

import java.io.IOException;
import org.jline.utils.NonBlockingReader;

/**
 * A pressed key.
 *
 * @param kind the key's function
 * @param character the typed character if {@code kind} is {@code CHARACTER}
 */
public record Key(Kind kind, char character) {
    private static final int ESC = 27;
    private static final int DEL = 127;
    private static final int FIRST_PRINTABLE = ' ';
    private static final long SEQUENCE_MILLIS = 50;

    /** The function of a key. */
    public enum Kind {
        NONE,
        UP,
        DOWN,
        PAGE_UP,
        PAGE_DOWN,
        FIRST,
        LAST,
        ENTER,
        ESCAPE,
        BACKSPACE,
        CHARACTER,
        /** End of input. */
        END
    }

    /** Waits for a key. Returns {@link Kind#NONE} at the timeout. */
    static Key read(NonBlockingReader reader, long millis) throws IOException {
        return read(reader, millis, SEQUENCE_MILLIS);
    }

    /** Waits for a key. Returns an escape as a separate key if no byte follows it within {@code sequenceMillis}. */
    static Key read(NonBlockingReader reader, long millis, long sequenceMillis) throws IOException {
        int c = reader.read(millis);
        if (c == NonBlockingReader.READ_EXPIRED) {
            return of(Kind.NONE);
        }
        return switch (c) {
            case NonBlockingReader.EOF, 'C' - '@', 'D' - '@' -> of(Kind.END);
            case '\r', '\n' -> of(Kind.ENTER);
            case '\b', DEL -> of(Kind.BACKSPACE);
            case ESC -> sequence(reader, sequenceMillis);
            default -> c < FIRST_PRINTABLE ? of(Kind.NONE) : new Key(Kind.CHARACTER, (char) c);
        };
    }

    /**
     * Parses the sequence of a cursor key: escape, {@code [} or {@code O}, an optional number, a letter or {@code ~}.
     */
    private static Key sequence(NonBlockingReader reader, long sequenceMillis) throws IOException {
        // only [ and O continue a sequence; any other byte after escape is a separate key
        int second = reader.peek(sequenceMillis);
        if (second != '[' && second != 'O') {
            return of(Kind.ESCAPE);
        }
        reader.read();
        StringBuilder number = new StringBuilder();
        int last = reader.read(sequenceMillis);
        while (last >= '0' && last <= ';') {
            number.append((char) last);
            last = reader.read(sequenceMillis);
        }
        return of(
                switch (last) {
                    case 'A' -> Kind.UP;
                    case 'B' -> Kind.DOWN;
                    case 'H' -> Kind.FIRST;
                    case 'F' -> Kind.LAST;
                    case '~' -> numbered(number.toString());
                    default -> Kind.NONE;
                });
    }

    private static Kind numbered(String number) {
        return switch (number) {
            case "1", "7" -> Kind.FIRST;
            case "4", "8" -> Kind.LAST;
            case "5" -> Kind.PAGE_UP;
            case "6" -> Kind.PAGE_DOWN;
            default -> Kind.NONE;
        };
    }

    private static Key of(Kind kind) {
        return new Key(kind, '\0');
    }
}
