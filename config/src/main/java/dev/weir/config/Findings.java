package dev.weir.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Errors and warnings of one reading. A fault is an error and rejects the configuration. A warning concerns a valid
 * but probably unintended setting. Confined to the reading thread.
 */
final class Findings {
    private static final int SHOWN_LENGTH = 120;

    /**
     * Largest number of errors, and of warnings, that are kept. It bounds log and memory for a file with an error on
     * each line.
     */
    private static final int MOST = 100;

    private final Kind faults = new Kind("faults");
    private final Kind warnings = new Kind("warnings");

    private record Finding(Place place, String text) {
        @Override
        public String toString() {
            return place + ": " + text;
        }
    }

    /** Findings of one kind: the first hundred and a count of the rest. */
    private static final class Kind {
        private final String name;
        private final Set<Finding> kept = new LinkedHashSet<>();
        private int more;

        Kind(String name) {
            this.name = name;
        }

        void add(Finding finding) {
            if (kept.size() < MOST) {
                kept.add(finding);
            } else if (!kept.contains(finding)) {
                more++;
            }
        }

        List<String> lines() {
            Stream<String> lines =
                    kept.stream().sorted(Comparator.comparing(Finding::place)).map(Finding::toString);
            return Stream.concat(lines, more == 0 ? Stream.of() : Stream.of("and " + more + " more " + name))
                    .toList();
        }
    }

    void fault(Place place, String text) {
        faults.add(new Finding(place, text));
    }

    void warn(Place place, String text) {
        warnings.add(new Finding(place, text));
    }

    boolean hasFaults() {
        return !faults.kept.isEmpty();
    }

    /** Returns whether further errors or warnings are only counted, so that their details are not worth computing. */
    boolean isFull() {
        return faults.more > 0 || warnings.more > 0;
    }

    /** Returns one line per error in the order of their places. */
    List<String> faults() {
        return faults.lines();
    }

    /** Returns one line per warning in the order of their places. */
    List<String> warnings() {
        return warnings.lines();
    }

    /** Returns untrusted text as a single printable line of bounded length for logs and messages. */
    static String shown(String text) {
        if (text.isEmpty()) {
            return "\"\"";
        }
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= SHOWN_LENGTH ? line : line.substring(0, SHOWN_LENGTH) + "…";
    }
}
