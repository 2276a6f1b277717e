package dev.weir.view.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Aligns labels and texts. */
class DetailsTest {
    @Test
    void linesOfATextAreAligned() {
        assertEquals(
                "name      vm1\nlimits    a\n          b",
                new Details()
                        .row("name", "vm1")
                        .row("none", "")
                        .row("limits", "a\nb")
                        .text());
    }

    @Test
    void controlCharactersAreReplaced() {
        assertEquals(
                "what      a?[2J?31m?b",
                new Details().row("what", "a\u001b[2J\u009b31m\u202eb").text());
    }
}
