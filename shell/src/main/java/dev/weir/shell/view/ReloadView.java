package dev.weir.shell.view;

import dev.weir.shell.text.Details;
import java.util.List;

/**
 * A configuration that was read again and applied.
 *
 * @param drives the names of the drives that are configured now
 * @param warnings what is allowed but hardly meant, a line for each
 */
public record ReloadView(List<String> drives, List<String> warnings) implements View {

    @Override
    public String text(int width) {
        return new Details()
                .row("applied", drives.isEmpty() ? "no drives" : String.join(", ", drives))
                .row("warnings", String.join("\n", warnings))
                .text();
    }
}
