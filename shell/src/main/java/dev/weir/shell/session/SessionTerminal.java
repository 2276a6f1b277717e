package dev.weir.shell.session;

import java.util.Optional;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Process;
import org.jline.terminal.Terminal;

/** Finds the terminal of a command. */
public final class SessionTerminal {
    private SessionTerminal() {}

    /**
     * Returns the terminal's width (cells); {@link Integer#MAX_VALUE} if the output goes into a pipe or to no
     * terminal.
     */
    public static int columns(CommandSession session) {
        if (isPiped()) {
            return Integer.MAX_VALUE;
        }
        try {
            int columns = Integer.parseInt(String.valueOf(session.get("COLUMNS")));
            return columns > 0 ? columns : Integer.MAX_VALUE;
        } catch (NumberFormatException e) {
            return Integer.MAX_VALUE;
        }
    }

    /** Returns the terminal; empty if the output goes into a pipe or the terminal cannot move its cursor. */
    public static Optional<Terminal> find(CommandSession session) {
        return isPiped()
                        || !(session.get(Shell.VAR_TERMINAL) instanceof Terminal terminal)
                        || Terminal.TYPE_DUMB.equals(terminal.getType())
                ? Optional.empty()
                : Optional.of(terminal);
    }

    private static boolean isPiped() {
        Process process = Process.Utils.current();
        return process != null && !process.isTty(1);
    }
}
