package dev.weir.config;

import dev.weir.log.EditDistance;
import java.util.Collection;
import java.util.Comparator;
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
        String nearest =
                nearest(word, Stream.concat(known.stream(), elsewhere.stream()).toList());
        if (!nearest.isEmpty()) {
            return new Suggestion("; did you mean " + nearest + "?", true);
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

    private static String nearest(String word, Collection<String> candidates) {
        int tolerated = Math.max(1, word.length() / 3);
        return candidates.stream()
                .filter(candidate -> edits(word, candidate, tolerated) <= tolerated)
                .min(Comparator.comparingInt(candidate -> edits(word, candidate, tolerated)))
                .orElse("");
    }

    /**
     * Returns the edit distance to a candidate or its last element. The result is {@code tolerated + 1} or more for
     * any greater distance.
     */
    private static int edits(String word, String candidate, int tolerated) {
        return Stream.of(candidate, candidate.substring(candidate.lastIndexOf('.') + 1))
                .filter(part -> Math.abs(word.length() - part.length()) <= tolerated)
                .mapToInt(part -> EditDistance.of(word, part))
                .min()
                .orElse(tolerated + 1);
    }
}
