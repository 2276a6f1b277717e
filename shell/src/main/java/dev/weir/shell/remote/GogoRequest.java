package dev.weir.shell.remote;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;

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
            gogo.session().put("COLUMNS", client.get("columns"));
            // grep takes every session for a terminal
            gogo.session().put("GREP_OPTS", "--color=never");
            return gogo.execute(line);
        }
    }
}
