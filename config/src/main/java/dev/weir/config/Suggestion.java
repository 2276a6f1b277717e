package dev.weir.config;

import dev.weir.log.NearWords;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Suffix of an error about an unknown word. It suggests the nearest known word, or lists all of them if none is near.
 *
 * @param text suffix; empty if no word is known
 * @param isNear whether a known word is near, so that the word is probably misspelt
 */
record Suggestion(String text, boolean isNear) {

    /**
     * Returns the suggestion for a word.
     *
     * @param elsewhere words that are valid in another place, such as {@code limits.bps}; the last element is
     *     compared too
     */
    static Suggestion of(String word, Collection<String> known, Collection<String> elsewhere) {
        List<String> all = Stream.concat(known.stream(), elsewhere.stream()).toList();
        List<String> near = NearWords.of(word, all, each -> List.of(each, each.substring(each.lastIndexOf('.') + 1)));
        if (!near.isEmpty()) {
            return new Suggestion("; did you mean " + near.get(0) + "?", true);
        }
        return new Suggestion(known.isEmpty() ? "" : "; choose from " + String.join(", ", known), false);
    }

    /** Returns the suggestion for a word that is valid in one place only. */
    static Suggestion of(String word, Collection<String> known) {
        return of(word, known, List.of());
    }

    /** Returns the suggestion of a near word; empty if none is near. */
    static String near(String word, Collection<String> known) {
        Suggestion suggestion = of(word, known);
        return suggestion.isNear ? suggestion.text : "";
    }

    /** Returns the text. */
    @Override
    public String toString() {
        return text;
    }
}
