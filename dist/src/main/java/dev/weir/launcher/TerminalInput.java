package dev.weir.launcher;

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
 * The terminal that this process was started at, from which every key goes to a Weir as it is pressed, and how large
 * its window is, whenever that changes. {@link #close} makes the terminal again what it was.
 *
 * <p>Thread-safe.
 */
final class TerminalInput implements AutoCloseable {
    private static final int BUFFER = 4096;
    private static final int HEADER = 5;

    private static final String DUMB = "dumb";

    /** Control and the closing bracket, as telnet has it. */
    private static final byte ESCAPE = 0x1d;

    private final boolean escapes;
    private @Nullable SocketChannel channel; // guarded by this, as is what follows
    private @Nullable String saved;
    private boolean hungUp;

    /**
     * Opens nothing yet.
     *
     * @param escapes whether Ctrl-] leaves, even a Weir that does not answer
     */
    TerminalInput(boolean escapes) {
        this.escapes = escapes;
    }

    /**
     * Takes the terminal over.
     *
     * @throws IOException if standard input is none
     */
    synchronized void open() throws IOException {
        String before = stty("-g");
        if (!term().equals(DUMB)) {
            saved = before;
            // what is written needs no carriage returns: others write there too
            stty("-icanon", "-echo", "-isig", "-iexten", "-ixon", "-icrnl", "min", "1", "time", "0");
        }
        Thread reader = new Thread(this::read, "keyboard");
        reader.setDaemon(true);
        reader.start();
        onWindowChange(() -> send('W', ByteBuffer.wrap(window().getBytes(StandardCharsets.UTF_8))));
    }

    /** Returns what there is to say of the terminal, in lines of {@code key=value}. */
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
            // the other side has a size of its own for this
        }
        window.append("term=").append(term()).append('\n');
        String noColor = System.getenv("NO_COLOR");
        return noColor == null || noColor.isEmpty() ? window.toString() : window + "no_color=1\n";
    }

    /** Returns the type of the terminal. The system edits and echoes the lines of a dumb one. */
    private static String term() {
        String term = System.getenv("TERM");
        return term == null || term.isEmpty() ? DUMB : term;
    }

    /** Sends what is typed from now on there; closes it if nothing will be typed any more. */
    synchronized void attach(SocketChannel to) {
        channel = to;
        if (hungUp) {
            hangUp();
        }
    }

    /** Keeps what is typed from now on from everybody. */
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
            Messages.say("cannot restore the terminal, \"stty sane\" may: " + e.getMessage());
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
            // it was to end anyway
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
            // whoever reads from it sees that, too
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

    /** The JDK has signals, but only behind a class that it would rather not be named. */
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
            // then it stays as large as it was
        }
    }
}
