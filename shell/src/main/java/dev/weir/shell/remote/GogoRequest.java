package dev.weir.shell.remote;

import dev.weir.shell.gogo.GogoSession;
import dev.weir.shell.syntax.CommandFault;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/**
 * Executes a line in a new Gogo session without a terminal. Prints the values as Gogo's own shell does.
 *
 * @param processor Gogo's command processor
 * @param line the line to execute
 */
record GogoRequest(CommandProcessor processor, String line) implements Request {

    @Override
    public int run(Map<String, String> client, PrintStream out, PrintStream err) {
        try (GogoSession gogo = new GogoSession(processor, InputStream.nullInputStream(), out, err)) {
            gogo.user(client);
            gogo.session().put("COLUMNS", client.get("columns"));
            gogo.startIn(client.get("folder"));
            withoutTerminal(gogo.session());
            // grep assumes that every session has a terminal
            gogo.session().put("GREP_OPTS", "--color=never");
            return gogo.execute(line);
        }
    }

    /** Replaces the commands that need a terminal. {@code less} prints like {@code cat}; the others are refused. */
    private static void withoutTerminal(CommandSession session) {
        Function less = (s, arguments) -> ((Function) s.get("gogo:cat")).execute(s, arguments);
        session.put("less", less);
        session.put("gogo:less", less);
        for (String name : List.of("clear", "history")) {
            Function refusal = (s, arguments) -> {
                throw new CommandFault("\"" + name + "\" needs a terminal; open one with \"weir shell\"");
            };
            session.put(name, refusal);
            session.put("gogo:" + name, refusal);
        }
    }
}
