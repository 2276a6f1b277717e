package dev.weir.shell.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.shell.watch.Key.Kind;
import java.io.IOException;
import java.io.StringReader;
import org.jline.utils.NonBlocking;
import org.jline.utils.NonBlockingReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parses the byte sequences that terminals send for keys. {@code ^} denotes escape. */
class KeyTest {
    private static final long MILLIS = 5000;

    @ParameterizedTest
    @CsvSource({
        "^[A, UP",
        "^OB, DOWN",
        "^[1;5A, UP",
        "^[5~, PAGE_UP",
        "^[6~, PAGE_DOWN",
        "^[H, FIRST",
        "^OH, FIRST",
        "^[1~, FIRST",
        "^[7~, FIRST",
        "^[F, LAST",
        "^OF, LAST",
        "^[4~, LAST",
        "^[8~, LAST",
        "^[3~, NONE",
        "^[15~, NONE",
        "^x, ESCAPE",
        "q, CHARACTER",
    })
    void sequencesAreRead(String sent, Kind kind) throws IOException {
        try (NonBlockingReader reader =
                NonBlocking.nonBlocking("keys", new StringReader(sent.replace('^', '\u001b')))) {
            assertEquals(kind, Key.read(reader, MILLIS, MILLIS).kind());
        }
    }

    @Test
    void keyAfterEscapeIsKept() throws IOException {
        try (NonBlockingReader reader = NonBlocking.nonBlocking("keys", new StringReader("\u001b\u001bq"))) {
            assertEquals(Kind.ESCAPE, Key.read(reader, MILLIS, MILLIS).kind());
            assertEquals(Kind.ESCAPE, Key.read(reader, MILLIS, MILLIS).kind());
            assertEquals('q', Key.read(reader, MILLIS, MILLIS).character());
        }
    }
}
