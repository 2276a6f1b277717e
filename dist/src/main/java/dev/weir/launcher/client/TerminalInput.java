package dev.weir.launcher.client;

import dev.weir.launcher.log.Messages;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Keyboard input and window size of this process's terminal. Each key and each new size is sent to Weir at once.
 * {@link #close} restores the terminal.
 *
 * <p>Thread-safe.
 */
public final class TerminalInput implements AutoCloseable {
    private static final int BUFFER = 4096;
    private static final int HEADER = 5;

    private static final String DUMB = "dumb";

    /** Escape character: Ctrl-], as in telnet. */
    private static final byte ESCAPE = 0x1d;

    private final boolean escapes;
    private @Nullable SocketChannel channel; // this and the following fields are guarded by this
    private @Nullable String saved;
    private boolean hungUp;

    /**
     * Creates an input without opening the terminal.
     *
     * @param escapes whether Ctrl-] disconnects, even if Weir does not answer
     */
    public TerminalInput(boolean escapes) {
        this.escapes = escapes;
    }

    /**
     * Switches the terminal to raw input and starts reading. A dumb terminal keeps its line editing.
     *
     * @throws IOException if standard input is not a terminal
     */
    public synchronized void open() throws IOException {
        String before = stty("-g");
        if (!term().equals(DUMB)) {
            saved = before;
            // output processing stays on, because other processes write to this terminal too
            stty("-icanon", "-echo", "-isig", "-iexten", "-ixon", "-icrnl", "min", "1", "time", "0");
        }
        Thread reader = new Thread(this::read, "keyboard");
        reader.setDaemon(true);
        reader.start();
        onWindowChange(() -> send('W', ByteBuffer.wrap(window().getBytes(StandardCharsets.UTF_8))));
    }

    /** Returns the size and type of the terminal as lines {@code key=value}. */
    String window() {
        StringBuilder window = new StringBuilder();
        try {
            String[] size = stty("size").split(" ", 2);
            window.append("lines=")
                    .append(size[0])
                    .append("\ncolumns=")
                    .append(size[1])
                    .append('\n');
        } catch (IOException e) {
            // the server uses its default size
        }
        window.append("term=").append(term()).append('\n').append(ascii());
        String noColor = System.getenv("NO_COLOR");
        return noColor == null || noColor.isEmpty() ? window.toString() : window + "no_color=1\n";
    }

    /** Returns the line of the hello for a terminal without UTF-8 or a dumb one; else an empty text. */
    static String ascii() {
        return Boolean.getBoolean("weir.ascii") || term().equals(DUMB) ? "ascii=1\n" : "";
    }

    /** Returns the type of the terminal. The system edits and echoes the lines of a dumb one. */
    private static String term() {
        String term = System.getenv("TERM");
        return term == null || term.isEmpty() ? DUMB : term;
    }

    /** Sends further input to a channel. Closes the channel at once if the input has ended. */
    synchronized void attach(SocketChannel to) {
        channel = to;
        if (hungUp) {
            hangUp();
        }
    }

    /** Discards further input. */
    synchronized void detach() {
        channel = null;
    }

    @Override
    public synchronized void close() {
        try {
            if (saved != null) {
                stty(saved);
                saved = null;
            }
        } catch (IOException e) {
            Messages.say("cannot restore the terminal (try \"stty sane\"): " + e.getMessage());
        }
    }

    private void read() {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (escapes && buffer[0] == ESCAPE) {
                    break;
                }
                send('I', ByteBuffer.wrap(buffer, 0, length));
            }
        } catch (IOException e) {
            // the terminal is gone
        }
        hangUp();
    }

    private synchronized void hangUp() {
        hungUp = true;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the connection is ending anyway
        }
    }

    private synchronized void send(char type, ByteBuffer payload) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.remaining())
                .put((byte) type)
                .putInt(payload.remaining())
                .put(payload)
                .flip();
        try {
            while (channel != null && frame.hasRemaining()) {
                channel.write(frame);
            }
        } catch (IOException e) {
            // the reader of the connection sees the failure as well
        }
    }

    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        Process stty = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectErrorStream(true)
                .start();
        String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        try {
            if (stty.waitFor() != 0) {
                throw new IOException(said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return said;
    }

    /** Runs a task on SIGWINCH. Reflection is used because the JDK's class for signals is not public API. */
    private static void onWindowChange(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    TerminalInput.class.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), proxy);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // the window size is then not updated
        }
    }
}
