package dev.weir.shell.gogo;

import dev.weir.shell.command.ExitCommand;
import java.io.IOError;
import java.nio.file.Path;
import org.apache.felix.gogo.jline.Expander;
import org.apache.felix.gogo.jline.Highlighter;
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
import org.jline.utils.AttributedString;

/**
 * Reads lines at a terminal with editing, history and completion, and executes them. Sets the session variables
 * through which Gogo's commands find the terminal (for example {@code less}).
 */
public final class TerminalShell {
    private static final String PROMPT = "weir> ";

    private final GogoSession gogo;
    private final Terminal terminal;
    private final LineReader reader;
    private volatile boolean left;

    /**
     * Creates a shell.
     *
     * @param history file of the entered lines
     */
    public TerminalShell(GogoSession gogo, Terminal terminal, Completer completer, Path history) {
        this.gogo = gogo;
        this.terminal = terminal;
        CommandSession session = gogo.session();
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .completer((to, line, candidates) -> {
                    if (!Statements.isTooDeep(to.getBuffer().toString())) {
                        completer.complete(to, line, candidates);
                    }
                })
                .parser(new ShellParser())
                .highlighter(new ShellHighlighter(session))
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

    /** Reads and executes lines until the user leaves or the terminal closes. */
    public void run() {
        Thread thread = Thread.currentThread();
        terminal.handle(Signal.INT, signal -> {
            if (!gogo.interrupt()) {
                // a line that was read is about to be executed, and its execution ends at once
                thread.interrupt();
            }
        });
        while (!left) {
            try {
                gogo.execute(reader.readLine(PROMPT));
            } catch (UserInterruptException e) {
                // Ctrl-C at the prompt
            } catch (EndOfFileException | IOError e) {
                left = true;
            }
        }
    }

    /** Gogo's parser without deeply nested lines, which would overflow the stack. */
    private static final class ShellParser extends Parser {
        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            // GogoSession.execute refuses the line
            return Statements.isTooDeep(line) ? super.parse("", 0, context) : super.parse(line, cursor, context);
        }
    }

    /** Gogo's highlighter without deeply nested lines, because it parses the line at each key. */
    private static final class ShellHighlighter extends Highlighter {
        ShellHighlighter(CommandSession session) {
            super(session);
        }

        @Override
        public AttributedString highlight(LineReader reader, String line) {
            return Statements.isTooDeep(line) ? new AttributedString(line) : super.highlight(reader, line);
        }
    }

    /** Ends the shell from another thread. Interrupts the running command and reads no more lines. */
    public void leave() {
        left = true;
        gogo.close();
    }
}
