package dev.weir.shell.remote;

import dev.weir.shell.command.CommandFault;
import java.io.EOFException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session of Gogo in which a command is found by its name alone, Weir's before others. What a line returns is
 * printed, and what goes wrong is said in a line.
 *
 * <p>For one thread; it may be closed from any, which interrupts what is left of its commands.
 */
final class GogoSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GogoSession.class);

    /** How often a job is interrupted that does not end, and how long each time is waited for that. */
    private static final int INTERRUPTS = 50;

    private static final long INTERRUPT_NANOS = 10_000_000;

    private final CommandSession session;
    private final PrintStream out;
    private final PrintStream err;
    private final AtomicInteger status = new AtomicInteger();

    /** What stands for the execution of one line, while that lasts. */
    private volatile @Nullable Object executing;

    /** The execution that nothing is to be expected of any more. */
    private volatile @Nullable Object abandoned;

    GogoSession(CommandProcessor processor, InputStream in, PrintStream out, PrintStream err) {
        session = new StreamSession((CommandProcessorImpl) processor, in, out, err);
        this.out = out;
        this.err = err;
        session.put("SCOPE", "weir:gogo:*");
        session.setJobListener((job, previous, current) -> {
            if (current == Job.Status.Done && previous == Job.Status.Foreground && job.parent() == null) {
                status.set(job.result() == null ? 1 : job.result().error());
            }
        });
    }

    CommandSession session() {
        return session;
    }

    /** Executes a line and returns its exit status. */
    int execute(CharSequence line) {
        Object execution = new Object();
        status.set(0);
        session.put("pipe-exception", null);
        executing = execution;
        try {
            Object result = session.execute(line);
            if (abandoned == execution) {
                throw new InterruptedException();
            }
            print(result);
            return session.get("pipe-exception") == null ? status.get() : 1;
        } catch (InterruptedException e) {
            endJob(execution, () -> session.foregroundJob() != null);
            err.println("weir: interrupted");
        } catch (Exception e) {
            err.println("weir: " + message(line, e));
        } finally {
            executing = null;
        }
        return 1;
    }

    /** Interrupts the line that is executed, from another thread, and waits a moment for it to end. */
    void interrupt() {
        Object execution = executing;
        endJob(execution, () -> execution != null && execution == executing);
    }

    /** Interrupts the job of an execution as long as that goes on, within reason; it may not be there yet, or end never. */
    private void endJob(@Nullable Object execution, BooleanSupplier goesOn) {
        for (int i = 0; i < INTERRUPTS && goesOn.getAsBoolean(); i++) {
            Job job = session.foregroundJob();
            if (job != null) {
                job.interrupt();
            }
            LockSupport.parkNanos(INTERRUPT_NANOS);
        }
        if (goesOn.getAsBoolean()) {
            abandoned = execution;
            leaveJob();
        }
    }

    /** A job that was interrupted before its thread had begun with it never ends, as Gogo has it. */
    private void leaveJob() {
        Job job = session.foregroundJob();
        if (job != null) {
            try {
                job.background();
            } catch (IllegalStateException e) {
                LOG.debug("it has ended after all: {}", e.getMessage());
            }
        }
    }

    private void print(Object result) {
        if (result != null && !Boolean.FALSE.equals(session.get(".Gogo.format"))) {
            String text = session.format(result, Converter.INSPECT).toString();
            out.print(text.endsWith("\n") ? text : text + "\n");
        }
    }

    private static String message(CharSequence line, Exception e) {
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

    @Override
    public void close() {
        session.close();
    }
}
