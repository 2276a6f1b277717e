package dev.weir.shell.gogo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Gogo session whose streams survive an interrupt. Gogo wraps the streams of a session in channels. The JDK's
 * channels close the stream when the thread using them is interrupted, so Ctrl-C would end the terminal. These
 * channels stay open. See docs/design/decisions/011.
 */
final class StreamSession extends CommandSessionImpl {

    StreamSession(CommandProcessorImpl processor, InputStream in, PrintStream out, PrintStream err) {
        super(processor, in, out, err);
        Channel output = new Output(out);
        channels = new Channel[] {new Input(in), output, out == err ? output : new Output(err)};
    }

    /** Finds variables and commands. Guarded commands are refused under their short names. */
    @Override
    public @Nullable Object get(String name) {
        Function guarded = name == null ? null : GuardedCommands.find(name);
        return guarded == null || variables.containsKey(name) ? super.get(name) : guarded;
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

    private record Output(PrintStream out) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer buffer) {
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
