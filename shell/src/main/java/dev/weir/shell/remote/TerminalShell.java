package dev.weir.shell.remote;

import dev.weir.shell.command.ExitCommand;
import java.io.IOError;
import java.nio.file.Path;
import org.apache.felix.gogo.jline.Expander;
import org.apache.felix.gogo.jline.Highlighter;
import org.apache.felix.gogo.jline.ParsedLineImpl;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;

/**
 * Reads lines at a terminal, with editing, history and completion, and executes them. Its session has the variables
 * that commands of Gogo look for, so that those that draw on the terminal ({@code less}, say) find it.
 */
final class TerminalShell {
    private static final String PROMPT = "weir> ";

    private final GogoSession gogo;
    private final Terminal terminal;
    private final LineReader reader;
    private volatile boolean left;

    TerminalShell(GogoSession gogo, Terminal terminal, Completer completer, Path history) {
        this.gogo = gogo;
        this.terminal = terminal;
        CommandSession session = gogo.session();
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .completer(completer)
                .parser(new Parser())
                .highlighter(new Highlighter(session))
                .expander(new Expander(session))
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P> ")
                .option(LineReader.Option.AUTO_FRESH_LINE, true)
                .option(LineReader.Option.GROUP, false)
                .build();
        session.put(Shell.VAR_SESSION, session);
        session.put(Shell.VAR_TERMINAL, terminal);
        session.put(Shell.VAR_READER, reader);
        session.put("#TERM", (Function) (s, args) -> terminal.getType());
        session.put("#COLUMNS", (Function) (s, args) -> terminal.getWidth());
        session.put("#LINES", (Function) (s, args) -> terminal.getHeight());
        session.put(ExitCommand.EXIT_VARIABLE, (Runnable) () -> left = true);
    }

    /** Returns when the one at the terminal leaves, or is gone. */
    void run() {
        terminal.handle(Signal.INT, signal -> gogo.interrupt());
        while (!left) {
            try {
                reader.readLine(PROMPT);
                ParsedLine line = reader.getParsedLine();
                if (line instanceof ParsedLineImpl parsed) {
                    gogo.execute(parsed.program());
                }
            } catch (UserInterruptException e) {
                // control and C, at the prompt
            } catch (EndOfFileException | IOError e) {
                left = true;
            }
        }
    }

    /** Ends it from another thread: what it executes is interrupted, and nothing more is read. */
    void leave() {
        left = true;
        gogo.close();
    }
}
