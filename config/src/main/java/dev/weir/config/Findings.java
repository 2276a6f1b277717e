package dev.weir.config;

import dev.weir.drive.definition.DefinitionFault;
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

    private record Finding(Place place, DefinitionFault fault) {}

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

        List<DefinitionFault> sorted() {
            Stream<DefinitionFault> sorted =
                    kept.stream().sorted(Comparator.comparing(Finding::place)).map(Finding::fault);
            DefinitionFault rest = DefinitionFault.of("", "", "and " + more + " more " + name);
            return Stream.concat(sorted, more == 0 ? Stream.of() : Stream.of(rest))
                    .toList();
        }
    }

    void fault(Place place, String rule) {
        fault(place, "", "", rule);
    }

    void fault(Place place, String key, String value, String rule) {
        faults.add(finding(place, key, value, rule));
    }

    void warn(Place place, String text) {
        warn(place, "", "", text);
    }

    void warn(Place place, String key, String value, String text) {
        warnings.add(finding(place, key, value, text));
    }

    private static Finding finding(Place place, String key, String value, String rule) {
        return new Finding(place, new DefinitionFault(place.name(), place.line(), key, value, rule));
    }

    boolean hasFaults() {
        return !faults.kept.isEmpty();
    }

    /** Returns whether further errors or warnings are only counted, so that their details are not worth computing. */
    boolean isFull() {
        return faults.more > 0 || warnings.more > 0;
    }

    /** Returns the errors in the order of their places. */
    List<DefinitionFault> faults() {
        return faults.sorted();
    }

    /** Returns the warnings in the order of their places. */
    List<DefinitionFault> warnings() {
        return warnings.sorted();
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
