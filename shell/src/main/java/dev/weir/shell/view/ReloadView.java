package dev.weir.shell.view;

import dev.weir.shell.text.Details;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of a reload.
 *
 * @param changedAt the time of the last applied changes (UTC); null before the first
 * @param isNew whether this reload applied these changes; false if the configuration was in effect before
 * @param added the drives and groups that these changes added: {@code drive vm1}
 * @param changed the drives, groups and other parts ({@code nbd}, {@code metrics}) that they changed
 * @param removed the drives, groups and other parts that they removed
 * @param drives the configured drives that exist in the engine
 * @param unavailable by drive, the reason why clients cannot use it
 * @param overridden the drives and groups whose limits or policy were changed by a command
 * @param warnings the warnings of the configuration, one per line
 * @param faults the errors of exports and metrics, one per line
 */
public record ReloadView(
        @Nullable String changedAt,
        boolean isNew,
        List<String> added,
        List<String> changed,
        List<String> removed,
        List<String> drives,
        Map<String, String> unavailable,
        List<String> overridden,
        List<String> warnings,
        List<String> faults)
        implements View {

    private static final int MOST_NAMED = 10;

    /** Returns whether all drives are open and all addresses are usable. */
    public boolean isHealthy() {
        return unavailable.isEmpty() && faults.isEmpty();
    }

    @Override
    public String text(int width) {
        String closed = unavailable.entrySet().stream()
                .map(drive -> drive.getKey() + ": " + drive.getValue())
                .collect(Collectors.joining("\n"));
        String kept =
                overridden.isEmpty() ? "" : few(overridden) + ", as set by commands; reload --restore reverts them";
        return new Details()
                .row(
                        "applied",
                        isNew ? "" : changedAt == null ? "no change" : "no new change; the last, at " + changedAt)
                .row("added", few(added))
                .row("changed", few(changed))
                .row("removed", few(removed))
                .row("not open", closed)
                .row("kept", kept)
                .row("warnings", String.join("\n", warnings))
                .row("faults", String.join("\n", faults))
                .text();
    }

    private static String few(List<String> names) {
        String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMED ? first : first + " and " + (names.size() - MOST_NAMED) + " more";
    }
}
