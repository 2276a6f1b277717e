package dev.weir.shell.gogo;

import dev.weir.log.FailureText;
import dev.weir.log.PlainText;
import dev.weir.log.RateLimitedLog;
import dev.weir.shell.syntax.CommandFault;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.EOFError;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Gogo session that finds commands by their short name (Weir's first), prints values and reports errors in one
 * line.
 *
 * <p>Used by one thread. Any thread may close it, which interrupts the running commands.
 */
public final class GogoSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GogoSession.class);

    /** Shared by all sessions. */
    private static final RateLimitedLog FAILURES = new RateLimitedLog("the shell: failed commands", LOG::warn);

    /**
     * How often a job is interrupted before it is abandoned. {@link #INTERRUPT_NANOS} is the pause after each
     * interrupt.
     */
    private static final int INTERRUPTS = 50;

    private static final long INTERRUPT_NANOS = 10_000_000;

    private static final int FAILED = -1;

    /** The maximum number of characters of a line that an error message quotes. */
    private static final int LONGEST_QUOTE = 200;

    /** The maximum number of characters of a line of an error message. A line may repeat a word of 64 KiB. */
    private static final int LONGEST_LINE = 1000;

    /** A key whose value in brackets is not quoted. Gogo would read a list or a closure there. */
    private static final Pattern BLOCK = Pattern.compile("(?<=\\s)([\\w.-]+)=\\s*[\\[{]");

    private final CommandSession session;
    private final PrintStream out;
    private final PrintStream err;
    private final AtomicInteger status = new AtomicInteger();

    /** The line that is being executed; null between lines. */
    private volatile @Nullable Execution executing;

    /** The execution that did not end although it was interrupted; null if none was abandoned. */
    private volatile @Nullable Execution abandoned;

    /** The execution of one line. */
    private static final class Execution {
        final Thread thread = Thread.currentThread();
    }

    /**
     * Opens a session.
     *
     * @param in read by commands
     * @param out receives results
     * @param err receives error messages
     */
    public GogoSession(CommandProcessor processor, InputStream in, PrintStream out, PrintStream err) {
        session = new StreamSession((CommandProcessorImpl) processor, in, out, err);
        this.out = out;
        this.err = err;
        session.put("SCOPE", "weir:gogo:*");
        // wildcards match names of drives and not files in Weir's folder
        session.put("gogo.option.noglob", true);
        session.setJobListener((job, previous, current) -> {
            if (current == Job.Status.Done && previous == Job.Status.Foreground && job.parent() == null) {
                status.set(job.result() == null ? 1 : job.result().error());
            }
        });
    }

    /** Sets the user name for the log from the client's hello. */
    public void user(Map<String, String> client) {
        session.put("weir.user", client.getOrDefault("user", "a client of the shell"));
    }

    /** Returns Gogo's session, for variables. */
    public CommandSession session() {
        return session;
    }

    /**
     * Sets the folder against which commands resolve paths. Weir's own folder stays in use if {@code folder} is null
     * or not an absolute path.
     */
    public void startIn(@Nullable String folder) {
        try {
            if (folder != null && Path.of(folder).isAbsolute()) {
                session.currentDir(Path.of(folder));
            }
        } catch (InvalidPathException e) {
            LOG.debug("ignored a client's folder with an invalid path: {}", e.getMessage());
        }
    }

    /**
     * Executes the statements of a line and prints each value. A statement that throws ends the line unless an
     * alternative ({@code ||}) follows. Returns the exit status of the last statement, or 1 if the line cannot be
     * parsed or is interrupted.
     */
    public int execute(CharSequence line) {
        Execution execution = new Execution();
        executing = execution;
        int result = 0;
        try {
            for (Statements.One statement : Statements.of(line)) {
                if (result == FAILED && !statement.isAlternative()) {
                    break;
                }
                if (statement.follows(result)) {
                    result = attempt(statement, execution);
                }
            }
            return Math.abs(result);
        } catch (InterruptedException e) {
            endJob(execution, () -> session.foregroundJob() != null);
            err.println("weir: interrupted");
        } catch (RuntimeException e) {
            printFailure(line, e);
        } finally {
            executing = null;
        }
        return 1;
    }

    /** Executes a statement. Returns its exit status, or {@link #FAILED} after printing the error. */
    private int attempt(Statements.One statement, Execution execution) throws InterruptedException {
        try {
            return executeOne(statement, execution);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            printFailure(statement.text(), e);
            return FAILED;
        }
    }

    private int executeOne(Statements.One statement, Execution execution) throws Exception {
        status.set(0);
        session.put("pipe-exception", null);
        Object value = session.execute(statement.text());
        if (abandoned == execution) {
            throw new InterruptedException();
        }
        if (statement.isShown()) {
            print(value);
        }
        return session.get("pipe-exception") == null ? status.get() : 1;
    }

    /**
     * Interrupts the line that is being executed, from another thread, and waits up to half a second for its end.
     * Returns false if no line is being executed.
     */
    public boolean interrupt() {
        Execution execution = executing;
        if (execution == null) {
            return false;
        }
        endJob(execution, () -> execution == executing);
        return true;
    }

    /**
     * Interrupts the foreground job repeatedly while {@code goesOn} is true, then abandons the execution. Repeats
     * because the job may not have started yet and may never end.
     */
    private void endJob(Execution execution, BooleanSupplier goesOn) {
        for (int i = 0; i < INTERRUPTS && goesOn.getAsBoolean(); i++) {
            Job job = session.foregroundJob();
            if (job != null) {
                job.interrupt();
            }
            LockSupport.parkNanos(INTERRUPT_NANOS);
        }
        if (goesOn.getAsBoolean()) {
            abandoned = execution;
            leaveJob(execution);
        }
    }

    /**
     * Moves the job to the background because Gogo never ends a job that is interrupted before its thread has
     * started. A line that has no job yet ends when it gets one. See docs/design/decisions/011.
     */
    private void leaveJob(Execution execution) {
        Job job = session.foregroundJob();
        if (job != null) {
            try {
                job.background();
            } catch (IllegalStateException e) {
                LOG.debug("the job has ended meanwhile: {}", e.getMessage());
            }
        } else if (execution == executing) {
            execution.thread.interrupt();
        }
    }

    private void print(Object result) {
        if (result != null && !Boolean.FALSE.equals(session.get(".Gogo.format"))) {
            String text = session.format(result, Converter.INSPECT).toString();
            out.print(text.endsWith("\n") ? text : text + "\n");
        }
    }

    /** Prints an error. It may repeat text of files and clients, so only its line ends stay as they are. */
    private void printFailure(CharSequence line, Exception e) {
        String message = message(line, e)
                .lines()
                .map(part -> PlainText.of(part, LONGEST_LINE))
                .collect(Collectors.joining("\n"));
        err.println("weir: " + message);
    }

    private static String message(CharSequence line, Exception e) {
        if (e instanceof CommandNotFoundException unknown) {
            return unknown(unknown.getCommand());
        }
        if (e instanceof EOFException || e instanceof SyntaxError || e instanceof EOFError) {
            Matcher block = BLOCK.matcher(line);
            String advice = block.find() ? "; put the whole word in quotes: '" + block.group(1) + "=…'" : "";
            return "cannot read \"" + quote(line) + "\": " + e.getMessage() + advice;
        }
        if (e instanceof CommandFault || e instanceof IllegalArgumentException) {
            return Objects.toString(e.getMessage(), e.toString());
        }
        if (e instanceof IOException file) {
            return FailureText.of(file);
        }
        FAILURES.write(() -> "the command \"" + quote(line) + "\" failed: " + PlainText.of(e.toString()));
        LOG.debug("a command failed", e);
        return e.toString();
    }

    /** Returns the error for a command that does not exist. */
    static String unknown(String command) {
        return "unknown command \"" + command + "\"; try \"help\"";
    }

    private static String quote(CharSequence line) {
        return PlainText.of(line.toString(), LONGEST_QUOTE);
    }

    @Override
    public void close() {
        session.close();
    }
}
