package dev.weir.shell.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedCharSequence.ForceMode;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;

/**
 * Paints screens on a terminal. Rewrites only changed lines, because JLine's {@code Display} mixes up lines. See
 * docs/design/decisions/011. Not thread-safe.
 */
final class Painter {
    private static final int FEWEST_COLOURS = 8;

    private final Terminal terminal;
    private final int colours;
    private final boolean styled;
    private final Size size = new Size();
    private List<String> shown = List.of();

    Painter(Terminal terminal) {
        this.terminal = terminal;
        colours = Objects.requireNonNullElse(terminal.getNumericCapability(Capability.max_colors), 0);
        styled = colours >= FEWEST_COLOURS;
    }

    /** Returns the terminal's size. After a resize the next screen is painted in full. */
    Size size() {
        if (!size.equals(terminal.getSize())) {
            size.copy(terminal.getSize());
            shown = List.of();
        }
        return size;
    }

    void paint(List<AttributedString> screen) {
        if (shown.isEmpty()) {
            terminal.puts(Capability.clear_screen);
        }
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < screen.size(); row++) {
            AttributedString line = screen.get(row);
            // without the alternative character set, for which JLine would replace the lines of a tree
            lines.add(styled ? line.toAnsi(colours, ForceMode.None, terminal.getPalette()) : line.toString());
            if (row >= shown.size() || !shown.get(row).equals(lines.get(row))) {
                terminal.puts(Capability.cursor_address, row, 0);
                terminal.writer().write(lines.get(row));
                terminal.puts(Capability.clr_eol);
            }
        }
        shown = lines;
        terminal.flush();
    }
}
