package dev.weir.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong, and everything that is allowed but hardly meant. Confined to the thread that reads. */
final class Findings {
    private static final int SHOWN_LENGTH = 120;

    private final List<Finding> faults = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    private record Finding(Place place, String text) {
        @Override
        public String toString() {
            return place + ": " + text;
        }
    }

    void fault(Place place, String text) {
        faults.add(new Finding(place, text));
    }

    void warn(Place place, String text) {
        warnings.add(new Finding(place, text));
    }

    boolean hasFaults() {
        return !faults.isEmpty();
    }

    /** Returns a line for each fault, in the order of their places. */
    List<String> faults() {
        return lines(faults);
    }

    /** Returns a line for each warning, in the order of their places. */
    List<String> warnings() {
        return lines(warnings);
    }

    private static List<String> lines(List<Finding> findings) {
        return findings.stream()
                .sorted(Comparator.comparing(Finding::place))
                .map(Finding::toString)
                .distinct()
                .toList();
    }

    /** Returns what someone wrote so that it fits into one line of a log, whatever it was. */
    static String shown(String text) {
        if (text.isEmpty()) {
            return "\"\"";
        }
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= SHOWN_LENGTH ? line : line.substring(0, SHOWN_LENGTH) + "…";
    }
}
