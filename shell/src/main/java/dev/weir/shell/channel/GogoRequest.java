package dev.weir.shell.channel;

import dev.weir.shell.CommandFault;
import java.io.EOFException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line that is executed in a Gogo session of its own, without a terminal. What it returns is printed as
 * Gogo's own shell would.
 *
 * @param processor Gogo
 * @param line what to execute
 */
record GogoRequest(CommandProcessor processor, String line) implements Request {
    private static final Logger LOG = LoggerFactory.getLogger(GogoRequest.class);

    @Override
    public int run(Map<String, String> client, PrintStream out, PrintStream err) {
        // closing the session interrupts what is left of its commands
        try (CommandSession session = processor.createSession(InputStream.nullInputStream(), out, err)) {
            AtomicInteger status = new AtomicInteger();
            prepare(session, client, status);
            print(session, session.execute(line), out);
            return session.get("pipe-exception") == null ? status.get() : 1;
        } catch (InterruptedException e) {
            err.println("weir: interrupted");
            return 1;
        } catch (Exception e) {
            err.println("weir: " + message(e));
            return 1;
        }
    }

    private static void prepare(CommandSession session, Map<String, String> client, AtomicInteger status) {
        session.put("SCOPE", "weir:gogo:*");
        session.put("COLUMNS", client.get("columns"));
        // grep takes every session for a terminal
        session.put("GREP_OPTS", "--color=never");
        session.setJobListener((job, previous, current) -> {
            if (current == Job.Status.Done && previous == Job.Status.Foreground && job.parent() == null) {
                status.set(job.result() == null ? 1 : job.result().error());
            }
        });
    }

    private static void print(CommandSession session, Object result, PrintStream out) {
        if (result != null && !Boolean.FALSE.equals(session.get(".Gogo.format"))) {
            String text = session.format(result, Converter.INSPECT).toString();
            out.print(text.endsWith("\n") ? text : text + "\n");
        }
    }

    private String message(Exception e) {
        if (e instanceof CommandNotFoundException unknown) {
            return "unknown command \"" + unknown.getCommand() + "\"; try \"help\"";
        }
        if (e instanceof EOFException || e instanceof SyntaxError) {
            return "cannot read \"" + line + "\": " + e.getMessage();
        }
        if (e instanceof CommandFault || e instanceof IllegalArgumentException) {
            return Objects.toString(e.getMessage(), e.toString());
        }
        LOG.warn("the command \"{}\" failed", line, e);
        return e.toString();
    }
}
