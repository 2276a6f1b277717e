package dev.weir.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "vm1", "gölden Straße 日本 😀", "a b\u00a0c"})
    void visibleTextStays(String text) {
        assertSame(text, PlainText.of(text));
    }

    /** Among them: ESC, DEL, CSI of C1, RIGHT-TO-LEFT OVERRIDE, isolates, zero-width space, separators. */
    @ParameterizedTest
    @ValueSource(
            chars = {
                '\0', '\n', '\r', '\t', '\u001b', '\u007f', '\u0085', '\u009b', '\u202e', '\u202a', '\u2066', '\u2069',
                '\u200e', '\u061c', '\u200b', '\ufeff', '\u2028', '\u2029', '\ud800', '\udc00'
            })
    void invisibleCharactersAreReplaced(char invisible) {
        assertEquals("a?b", PlainText.of("a" + invisible + "b"));
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        assertEquals("abc", PlainText.of("abc", 3));
        assertEquals("ab…", PlainText.of("abc", 2));
        assertEquals("a…", PlainText.of("a😀b", 2));
        assertEquals("?…", PlainText.of("\u001b[31m", 1));
    }
}
