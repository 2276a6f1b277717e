package dev.weir.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What someone who wrote a word that does not exist may have meant. */
final class Suggestion {
    private Suggestion() {}

    /**
     * Returns the end of a fault: the known word that is nearest, or all of them if none is near.
     *
     * @param elsewhere words that would be right in another place, as {@code limits.bps}; compared by their last part
     */
    static String of(String word, Collection<String> known, Collection<String> elsewhere) {
        String nearest =
                nearest(word, Stream.concat(known.stream(), elsewhere.stream()).toList());
        if (!nearest.isEmpty()) {
            return "; did you mean " + nearest + "?";
        }
        return known.isEmpty() ? "" : "; there are " + String.join(", ", known);
    }

    /** The same if there is no place but one. */
    static String of(String word, Collection<String> known) {
        return of(word, known, List.of());
    }

    private static String nearest(String word, Collection<String> candidates) {
        int tolerated = Math.max(1, word.length() / 3);
        return candidates.stream()
                .filter(candidate -> edits(word, candidate, tolerated) <= tolerated)
                .min(Comparator.comparingInt(candidate -> edits(word, candidate, tolerated)))
                .orElse("");
    }

    /** Counts the edits to a candidate or to its last part; no more than one beyond what is tolerated. */
    private static int edits(String word, String candidate, int tolerated) {
        return Stream.of(candidate, candidate.substring(candidate.lastIndexOf('.') + 1))
                .filter(part -> Math.abs(word.length() - part.length()) <= tolerated)
                .mapToInt(part -> edits(word, part))
                .min()
                .orElse(tolerated + 1);
    }

    /** Counts the letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
    static int edits(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                edits[i][j] = Math.min(edits[i - 1][j - 1] + replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
