package dev.weir.it;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A terminal of 80 by 24 emulated by tmux: tests type keys and read the screen. It has its own tmux server, on a
 * socket in a folder of the test.
 */
final class Tmux implements AutoCloseable {
    private static final int TRIES = 600;
    private static final long PAUSE_MILLIS = 50;

    /** A colour of the text or behind it; 39 and 49 are the terminal's own. */
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[(?:\\d+;)*(?:[34][0-8]|9[0-7]|10[0-7])(?:;\\d+)*m");

    private static final Pattern BLACK = Pattern.compile("\u001b\\[(?:\\d+;)*(?:30|38;5;(?:0|16)|38;2;0;0;0)m");

    private final Path socket;

    private Tmux(Path socket) {
        this.socket = socket;
    }

    /** Runs a shell command line in a new terminal. */
    static Tmux run(Path socket, String command) {
        Tmux tmux = new Tmux(socket);
        // the screen stays as it is when the program has ended
        tmux.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", command + "; exec cat");
        return tmux;
    }

    private String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of("tmux", "-u", "-S", socket.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        return Client.run(builder, "").ok().out();
    }

    /** Types a text letter by letter. */
    Tmux type(String text) {
        tmux("send-keys", "-l", text);
        return this;
    }

    /** Presses keys in the notation of tmux: {@code Enter}, {@code C-c}, {@code Down}. */
    Tmux press(String... keys) {
        List<String> words = new ArrayList<>(List.of("send-keys"));
        words.addAll(List.of(keys));
        tmux(words.toArray(String[]::new));
        return this;
    }

    /** Types a line and presses enter. */
    Tmux enter(String line) {
        return type(line).press("Enter");
    }

    void resize(int columns, int rows) {
        tmux("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows));
    }

    /** Returns the text of the screen. */
    String screen() {
        return tmux("capture-pane", "-p");
    }

    /** Returns whether the screen has colours. */
    boolean isColoured() {
        return COLOUR.matcher(tmux("capture-pane", "-p", "-e")).find();
    }

    /** Returns whether anything on the screen is black, and so invisible on a dark terminal. */
    boolean hasBlack() {
        return BLACK.matcher(tmux("capture-pane", "-p", "-e")).find();
    }

    /** Waits until the screen shows all texts, and returns it. */
    String await(String... texts) {
        return await(String.join(", ", texts), screen -> List.of(texts).stream().allMatch(screen::contains));
    }

    /** Waits until the screen matches, and returns it. */
    String await(String what, Predicate<String> wanted) {
        String screen = "";
        for (int i = 0; i < TRIES; i++) {
            screen = screen();
            if (wanted.test(screen)) {
                return screen;
            }
            pause();
        }
        return fail("the screen does not show " + what + ":\n" + screen);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        tmux("kill-server");
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
