package dev.weir.log;

/** The distance between an unknown word and a known one, for messages that suggest the latter. */
public final class EditDistance {
    private EditDistance() {}

    /**
     * Returns the edit distance of two words (optimal string alignment): the least number of insertions, deletions,
     * replacements and swaps of neighbours that turn one into the other.
     *
     * @param a one word
     * @param b the other word
     * @return the distance, at most the length of the longer word; takes time and memory for the product of both
     *     lengths
     */
    public static int of(String a, String b) {
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
