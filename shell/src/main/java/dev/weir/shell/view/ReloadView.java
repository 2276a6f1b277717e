package dev.weir.shell.view;

import dev.weir.shell.text.Details;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A configuration that was read again and applied.
 *
 * @param drives the names of the configured drives that the engine has
 * @param unavailable the reason of each drive that clients cannot use, by name
 * @param changed the names of the drives whose limits or policy a command has changed
 * @param warnings the warnings of the configuration and the faults of the exports, a line for each
 */
public record ReloadView(
        List<String> drives, Map<String, String> unavailable, List<String> changed, List<String> warnings)
        implements View {

    @Override
    public String text(int width) {
        String closed = unavailable.entrySet().stream()
                .map(drive -> drive.getKey() + ": " + drive.getValue())
                .collect(Collectors.joining("\n"));
        String kept =
                changed.isEmpty() ? "" : String.join(", ", changed) + ", by commands; reload --restore takes it back";
        return new Details()
                .row("applied", drives.isEmpty() ? "no drives" : String.join(", ", drives))
                .row("not open", closed)
                .row("changed", kept)
                .row("warnings", String.join("\n", warnings))
                .text();
    }
}
