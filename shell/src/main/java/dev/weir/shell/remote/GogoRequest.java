package dev.weir.shell.remote;

import dev.weir.shell.command.CommandFault;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/**
 * A line that is executed in a Gogo session of its own, without a terminal. What it returns is printed as
 * Gogo's own shell would.
 *
 * @param processor Gogo
 * @param line what to execute
 */
record GogoRequest(CommandProcessor processor, String line) implements Request {

    @Override
    public int run(Map<String, String> client, PrintStream out, PrintStream err) {
        try (GogoSession gogo = new GogoSession(processor, InputStream.nullInputStream(), out, err)) {
            gogo.user(client);
            gogo.session().put("COLUMNS", client.get("columns"));
            gogo.startIn(client.get("folder"));
            withoutTerminal(gogo.session());
            // grep takes every session for a terminal
            gogo.session().put("GREP_OPTS", "--color=never");
            return gogo.execute(line);
        }
    }

    /** Puts other commands in the place of those that fail without a terminal. */
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
