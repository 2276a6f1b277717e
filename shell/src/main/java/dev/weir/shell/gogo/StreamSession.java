package dev.weir.shell.gogo;

import dev.weir.shell.syntax.CommandFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.JobListener;
import org.jspecify.annotations.Nullable;

/**
 * A Gogo session whose streams survive an interrupt. Gogo wraps the streams of a session in channels. The JDK's
 * channels close the stream when the thread using them is interrupted, so Ctrl-C would end the terminal. These
 * channels stay open. See docs/design/decisions/011.
 */
final class StreamSession extends CommandSessionImpl {

    /** Most commands that run at once, in functions and in the background too. Each has two threads. */
    private static final int MOST_JOBS = 64;

    /** Gogo's mode of a redirection that reads a file. */
    private static final int READ = 1;

    private final AtomicInteger jobs = new AtomicInteger();

    StreamSession(CommandProcessorImpl processor, InputStream in, PrintStream out, PrintStream err) {
        super(processor, in, out, err);
        channels = new Channel[] {new Input(in), new Output(out), new Output(new PipeFailures(err))};
    }

    /** Finds variables and commands. Guarded commands are refused under their short names. */
    @Override
    public @Nullable Object get(String name) {
        Function guarded = name == null ? null : GuardedCommands.find(name);
        return guarded == null || variables.containsKey(name) ? super.get(name) : guarded;
    }

    /**
     * Sets a listener behind the bound of running commands. Without the bound a function that calls itself starts
     * threads until the process has no more.
     */
    @Override
    public void setJobListener(JobListener listener) {
        super.setJobListener((job, previous, current) -> {
            if (previous == Job.Status.Created) {
                begin(job);
            }
            if (current == Job.Status.Done) {
                jobs.decrementAndGet();
            }
            listener.jobChanged(job, previous, current);
        });
    }

    /** Returns the file of a redirection. Refuses a file without an end, as for the arguments of commands. */
    @Override
    public Path redirect(Path path, int mode) {
        Path file = super.redirect(path, mode);
        try {
            if ((mode & READ) != 0) {
                ShellFiles.checkReadable(path.toString(), file);
            } else {
                ShellFiles.checkWritable(path.toString(), file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private void begin(Job job) {
        int stages = job.processes().size();
        if (stages > Statements.MOST_STAGES) {
            throw new CommandFault(
                    "a pipe has %d commands: must have %d at most".formatted(stages, Statements.MOST_STAGES));
        }
        if (jobs.incrementAndGet() > MOST_JOBS) {
            jobs.decrementAndGet();
            throw new CommandFault("more than " + MOST_JOBS + " commands run at once; does a function call itself?");
        }
    }

    private record Input(InputStream in) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer buffer) throws IOException {
            byte[] bytes = new byte[buffer.remaining()];
            int count = in.read(bytes);
            if (count > 0) {
                buffer.put(bytes, 0, count);
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private record Output(OutputStream out) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer buffer) throws IOException {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            out.write(bytes, 0, bytes.length);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
