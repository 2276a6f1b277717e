package dev.weir.view.system;

import dev.weir.view.View;
import dev.weir.view.text.Details;
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
 * @param reopened the running drives whose storage they closed and opened again
 * @param drives the configured drives that exist in the engine
 * @param unavailable the reason for each drive that clients cannot use
 * @param restored the configured settings that apply again ({@code bps=10MiB policy=bucket}) by drive or group
 *     ({@code drive vm1}); null unless the reload was to restore them
 * @param overridden the drives and groups whose settings a command has changed until the end of Weir
 * @param warnings one line for each warning of the configuration and each address that users cannot reach
 * @param faults one line for each error of exports and metrics
 */
public record ReloadView(
        @Nullable String changedAt,
        boolean isNew,
        List<String> added,
        List<String> changed,
        List<String> removed,
        List<String> reopened,
        List<String> drives,
        Map<String, String> unavailable,
        @Nullable Map<String, String> restored,
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
        Details details = new Details();
        if (isNew || restored == null || restored.isEmpty()) {
            details.row(
                            "applied",
                            isNew
                                    ? ""
                                    : changedAt == null
                                            ? "no change"
                                            : "nothing changed since " + changedAt + "; changes of that time:")
                    .row("added", few(added, ", "))
                    .row("changed", few(changed, ", "))
                    .row("removed", few(removed, ", "))
                    .row(
                            "reopened",
                            reopened.isEmpty() ? "" : few(reopened, ", ") + ", whose clients were disconnected");
        }
        return details.row(
                        "restored", restored == null ? "" : restored.isEmpty() ? "nothing" : few(each(restored), "\n"))
                .row("not open", String.join("\n", each(unavailable)))
                .row("kept", kept())
                .row("warnings", String.join("\n", warnings))
                .row("faults", String.join("\n", faults))
                .text();
    }

    private String kept() {
        return overridden.isEmpty()
                ? ""
                : few(overridden, ", ") + ", as set by commands; reload --restore reverts them";
    }

    private static List<String> each(Map<String, String> named) {
        return named.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList();
    }

    private static String few(List<String> names, String separator) {
        String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(separator));
        return names.size() <= MOST_NAMED ? first : first + " and " + (names.size() - MOST_NAMED) + " more";
    }
}
