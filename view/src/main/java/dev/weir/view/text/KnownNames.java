package dev.weir.view.text;

import dev.weir.log.EditDistance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The known names that resemble an unknown one. */
public final class KnownNames {
    /** The maximum number of names that a message lists in full. */
    private static final int MOST_LISTED = 20;

    private static final int MOST_SUGGESTED = 3;

    /**
     * The edit distance allowed for short names. Long names allow one change per {@link #LETTERS_PER_CHANGE} letters.
     */
    private static final int FEWEST_CHANGES = 1;

    private static final int LETTERS_PER_CHANGE = 3;

    private KnownNames() {}

    /**
     * Returns the end of a message about an unknown name. It lists all known names if they are few, otherwise the
     * similar ones.
     *
     * @param names the known names
     * @param command the command that lists all names
     */
    public static String hint(String name, List<String> names, String command) {
        if (names.isEmpty()) {
            return "there are none";
        }
        if (names.size() <= MOST_LISTED) {
            return "there are " + String.join(", ", names);
        }
        List<String> near = near(name, names);
        String all = "\"%s\" lists all %d".formatted(command, names.size());
        return near.isEmpty() ? all : "did you mean " + String.join(", ", near) + "? " + all;
    }

    private static List<String> near(String name, List<String> names) {
        record Candidate(String name, int changes) {}
        int most = Math.max(FEWEST_CHANGES, name.length() / LETTERS_PER_CHANGE);
        List<Candidate> candidates = new ArrayList<>();
        for (String known : names) {
            if (known.startsWith(name) && !name.isEmpty()) {
                candidates.add(new Candidate(known, 1));
            } else if (Math.abs(known.length() - name.length()) <= most) {
                candidates.add(new Candidate(known, EditDistance.of(name, known)));
            }
        }
        candidates.removeIf(candidate -> candidate.changes > most);
        candidates.sort(Comparator.comparingInt(Candidate::changes));
        return candidates.stream().limit(MOST_SUGGESTED).map(Candidate::name).toList();
    }
}
