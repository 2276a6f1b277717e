package dev.weir.shell.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.impl.ExternalTerminal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of a client's terminal: keyboard input, screen output, size, type and colours. The client's hello
 * gives size, type and colours.
 */
final class RemoteTerminal extends ExternalTerminal {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteTerminal.class);
    private static final int COLUMNS = 80;
    private static final int LINES = 24;
    private static final int MAX_SIZE = 10_000;

    RemoteTerminal(Map<String, String> client, InputStream keyboard, OutputStream screen) throws IOException {
        super(
                "weir",
                client.getOrDefault("term", TYPE_DUMB),
                keyboard,
                client.containsKey("no_color") ? new Monochrome(screen) : screen,
                StandardCharsets.UTF_8,
                SignalHandler.SIG_IGN,
                true,
                null,
                size(client));
        // input typed during a command is echoed when it is read
        Attributes attributes = getAttributes();
        attributes.setLocalFlag(LocalFlag.ECHO, false);
        setAttributes(attributes);
    }

    private static Size size(Map<String, String> client) {
        return new Size(number(client.get("columns"), COLUMNS), number(client.get("lines"), LINES));
    }

    private static int number(@Nullable String text, int otherwise) {
        try {
            int number = text == null ? 0 : Integer.parseInt(text);
            return number > 0 && number <= MAX_SIZE ? number : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /**
     * Raises a signal. An interrupt discards the unread input, as a Unix terminal does. Otherwise it would overtake the
     * line typed before it, and that line would then run.
     */
    @Override
    public void raise(Signal signal) {
        if (signal == Signal.INT) {
            discardInput();
        }
        super.raise(signal);
    }

    private void discardInput() {
        try {
            slaveInputPipe.flush();
            while (slaveInput.available() > 0) {
                slaveInput.read(1, false);
            }
        } catch (IOException e) {
            LOG.trace("the terminal is closed and has no input", e);
        }
    }

    /** Sets the size of the client's window and notifies the program that draws on the terminal. */
    void resize(Map<String, String> client) {
        setSize(size(client));
        raise(Signal.WINCH);
    }
}
