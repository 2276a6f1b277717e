package dev.weir.shell.view;

import dev.weir.shell.text.Details;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The result of a reload.
 *
 * @param drives the configured drives that exist in the engine
 * @param unavailable by drive, the reason why clients cannot use it
 * @param changed the drives and groups whose limits or policy were changed by a command
 * @param warnings the warnings of the configuration and the errors of the exports, one per line
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
