package dev.weir.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The known words that resemble an unknown one, for messages that ask "did you mean bps?". Stateless. */
public final class NearWords {
    private static final int LETTERS_PER_CHANGE = 3;

    private NearWords() {}

    /**
     * Returns the near words, nearest first. Words are near if one change for each three letters of the unknown word
     * turns one into the other. Short words may have one change.
     *
     * @param word the unknown word
     * @param known the known words; of equally near ones the earlier comes first
     * @return the near words; empty if none is near
     */
    public static List<String> of(String word, Collection<String> known) {
        return of(word, known, List::of);
    }

    /**
     * Returns the near words as {@link #of(String, Collection)} does. A known word is as near as the nearest of its
     * spellings.
     *
     * @param word the unknown word
     * @param known the known words; of equally near ones the earlier comes first
     * @param spellings returns the spellings of a known word
     * @return the near words; empty if none is near
     */
    public static List<String> of(
            String word, Collection<String> known, Function<String, Collection<String>> spellings) {
        record Candidate(String word, int changes) {}
        int most = Math.max(1, word.length() / LETTERS_PER_CHANGE);
        List<Candidate> near = new ArrayList<>();
        for (String each : known) {
            spellings.apply(each).stream()
                    .filter(spelling -> Math.abs(spelling.length() - word.length()) <= most)
                    .mapToInt(spelling -> changes(word, spelling))
                    .filter(changes -> changes <= most)
                    .min()
                    .ifPresent(changes -> near.add(new Candidate(each, changes)));
        }
        near.sort(Comparator.comparingInt(Candidate::changes));
        return near.stream().map(Candidate::word).toList();
    }

    /**
     * Returns the edit distance of two words (optimal string alignment): the least number of insertions, deletions,
     * replacements and swaps of neighbours that turn one into the other. Takes time and memory for the product of both
     * lengths.
     */
    static int changes(String a, String b) {
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
