package dev.weir.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A client command to the Weir of a home. Frequent command lines are parsed here, because loading picocli takes
 * longer than an answer (see {@code docs/design/decisions/005-launcher.md}). The class avoids lambdas for the same
 * reason.
 */
final class RemoteCommand {
    private final ShellClient client;

    RemoteCommand(Home home) {
        client = new ShellClient(
                home.folder(),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Integer.getInteger("weir.columns", 0));
    }

    /**
     * Executes {@code [--home DIR] exec|shell|status|stop [--home DIR] [WORD...] [--home DIR]}. Returns the exit
     * status, or nothing if the arguments need picocli.
     *
     * @throws StartException if the home cannot be determined
     */
    static OptionalInt answer(String... args) throws IOException, InterruptedException, StartException {
        Deque<String> words = new ArrayDeque<>(List.of(args));
        Path before = takeHome(words, null);
        String command = words.poll();
        Path home = takeLastHome(words, takeHome(words, before));
        if (command == null || !isPlain(command, words)) {
            return OptionalInt.empty();
        }
        RemoteCommand ask = new RemoteCommand(Home.ofRunning(home));
        return OptionalInt.of(
                switch (command) {
                    case "exec" -> ask.execute(words);
                    case "shell" -> ask.attend();
                    case "status" -> ask.status(!words.isEmpty());
                    default -> ask.stop();
                });
    }

    /** Returns whether the words contain no help option and no invalid option. */
    private static boolean isPlain(String command, Deque<String> words) {
        String next = words.peek();
        return switch (command) {
            case "exec" -> next != null && !next.startsWith("-");
            case "status" -> next == null || (next.equals("--json") && words.size() == 1);
            case "shell", "stop" -> next == null;
            default -> false;
        };
    }

    /**
     * Removes {@code --home DIR} or {@code --home=DIR} from the end of a command. No shell command has this option.
     */
    static @Nullable Path takeLastHome(Deque<String> words, @Nullable Path otherwise) {
        String last = words.peekLast();
        if (last != null && last.startsWith("--home=")) {
            words.removeLast();
            return Path.of(last.substring("--home=".length()));
        }
        if (words.size() < 2) {
            return otherwise;
        }
        words.removeLast();
        if ("--home".equals(words.peekLast())) {
            words.removeLast();
            return Path.of(String.valueOf(last));
        }
        words.addLast(String.valueOf(last));
        return otherwise;
    }

    private static @Nullable Path takeHome(Deque<String> words, @Nullable Path otherwise) {
        if (words.size() < 2 || !words.element().equals("--home")) {
            return otherwise;
        }
        words.remove();
        return Path.of(words.remove());
    }

    /** Executes the words as a line of the shell and returns the exit status. */
    int execute(Collection<String> words) throws IOException {
        return client.execute(String.join(" ", words));
    }

    /** Opens a shell of that Weir on this terminal and returns the exit status. */
    int attend() throws InterruptedException {
        TerminalInput input = new TerminalInput(true);
        Thread restore = new Thread(input::close);
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            input.open();
        } catch (IOException e) {
            Messages.say("a shell needs a terminal; use weir exec without one");
            return 1;
        }
        try (input) {
            return client.attend(input);
        } catch (IOException e) {
            Messages.say(String.valueOf(e.getMessage()));
        }
        return 1;
    }

    /** Prints the state of that Weir and returns the exit status. */
    int status(boolean json) throws IOException {
        return client.status(json);
    }

    /** Stops that Weir, waits for its end and returns the exit status. */
    int stop() throws IOException, InterruptedException {
        return client.stop();
    }
}
