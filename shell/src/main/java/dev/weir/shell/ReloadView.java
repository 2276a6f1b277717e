package dev.weir.shell;

import dev.weir.shell.text.Sheet;
import java.util.List;

/**
 * A configuration that was read again and applied.
 *
 * @param drives the names of the drives that are configured now
 * @param warnings what is allowed but hardly meant, a line for each
 */
record ReloadView(List<String> drives, List<String> warnings) implements View {

    @Override
    public String text(int width) {
        return new Sheet()
                .row("applied", drives.isEmpty() ? "no drives" : String.join(", ", drives))
                .row("warnings", String.join("\n", warnings))
                .text();
    }
}
