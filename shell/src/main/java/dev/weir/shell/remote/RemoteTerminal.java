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

/**
 * The terminal of a client: what is typed there is read here, what is written here is shown there. How large it is,
 * of what type, and whether colours are wanted is what the client says.
 */
final class RemoteTerminal extends ExternalTerminal {
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
        // what is typed while a command runs is shown when it is read
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

    /** Takes over that the client's window has changed, and has whoever draws on it told. */
    void resize(Map<String, String> client) {
        setSize(size(client));
        raise(Signal.WINCH);
    }
}
