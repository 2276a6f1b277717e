package dev.weir.shell.remote;

import dev.weir.shell.gogo.GogoSession;
import dev.weir.shell.gogo.TerminalShell;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Completer;
import org.jspecify.annotations.Nullable;

/** An interactive shell for a client at a terminal. Ends when the client leaves the shell or disconnects. */
final class TerminalRequest implements Request {
    private static final int SCREEN_BUFFER = 8 << 10;

    private final CommandProcessor processor;
    private final Function<CommandSession, Completer> completer;
    private final Path history;
    private final KeyboardInput keyboard = new KeyboardInput();

    /** The window size after a resize; null until the client sends one after its hello. */
    private @Nullable Map<String, String> window; // guarded by this

    private @Nullable RemoteTerminal terminal; // guarded by this
    private @Nullable TerminalShell shell; // guarded by this

    /**
     * Creates a request for a shell.
     *
     * @param completer returns the completer of a session
     * @param history the file of the line history
     */
    TerminalRequest(CommandProcessor processor, Function<CommandSession, Completer> completer, Path history) {
        this.processor = processor;
        this.completer = completer;
        this.history = history;
    }

    @Override
    public int run(Map<String, String> client, PrintStream out, PrintStream err) {
        try (RemoteTerminal at = open(client, out);
                PrintStream screen = new PrintStream(at.output(), false, StandardCharsets.UTF_8);
                GogoSession gogo = new GogoSession(processor, at.input(), screen, screen)) {
            gogo.startIn(client.get("folder"));
            gogo.user(client);
            TerminalShell opened = new TerminalShell(gogo, at, completer.apply(gogo.session()), history);
            synchronized (this) {
                shell = opened;
            }
            opened.run();
            return 0;
        } catch (IOException e) {
            err.println("weir: the terminal failed: " + e.getMessage());
            return 1;
        }
    }

    private RemoteTerminal open(Map<String, String> client, PrintStream out) throws IOException {
        RemoteTerminal opened = new RemoteTerminal(client, keyboard, new BufferedOutputStream(out, SCREEN_BUFFER));
        synchronized (this) {
            terminal = opened;
            if (window != null) {
                opened.resize(window);
            }
        }
        opened.resume();
        return opened;
    }

    @Override
    public void received(Frame frame) throws ChannelFault {
        if (frame.type() == Frame.INPUT && !keyboard.add(frame.payload())) {
            throw new ChannelFault("more than " + KeyboardInput.MAX_PENDING + " bytes of input are waiting");
        }
        if (frame.type() == Frame.WINDOW) {
            resize(frame.properties());
        }
    }

    private synchronized void resize(Map<String, String> properties) {
        window = properties;
        if (terminal != null) {
            terminal.resize(properties);
        }
    }

    /** Ends the keyboard input and the session, which ends the shell. */
    @Override
    public synchronized void abandoned() {
        keyboard.close();
        if (shell != null) {
            shell.leave();
        }
    }
}
