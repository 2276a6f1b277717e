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
 * What is asked of the Weir that runs in a home. Written to be over soon: usual command lines are read here, as
 * picocli takes longer to load than an answer takes to come, and nothing here needs a lambda.
 */
final class Ask {
    private final ShellClient client;

    Ask(Home home) {
        client = new ShellClient(
                home.folder(),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                Integer.getInteger("weir.columns", 0));
    }

    /** Answers {@code [--home DIR] exec|shell|status|stop [--home DIR] [WORD...]}; nothing if the arguments are not like that. */
    static OptionalInt answer(String... args) throws IOException, InterruptedException {
        Deque<String> words = new ArrayDeque<>(List.of(args));
        Path before = takeHome(words, null);
        String command = words.poll();
        Path home = takeHome(words, before);
        String next = words.peek();
        if (command == null || (next != null && next.startsWith("-"))) {
            return OptionalInt.empty();
        }
        if (command.equals("exec") && next != null) {
            return OptionalInt.of(new Ask(Home.of(home)).execute(words));
        }
        if (command.equals("shell") && next == null) {
            return OptionalInt.of(new Ask(Home.of(home)).attend());
        }
        if (command.equals("status") && next == null) {
            return OptionalInt.of(new Ask(Home.of(home)).status(false));
        }
        if (command.equals("stop") && next == null) {
            return OptionalInt.of(new Ask(Home.of(home)).stop());
        }
        return OptionalInt.empty();
    }

    private static @Nullable Path takeHome(Deque<String> words, @Nullable Path otherwise) {
        if (words.size() < 2 || !words.element().equals("--home")) {
            return otherwise;
        }
        words.remove();
        return Path.of(words.remove());
    }

    /** Executes these words as a line of the shell and returns the exit status. */
    int execute(Collection<String> words) throws IOException {
        return client.execute(String.join(" ", words));
    }

    /** Gives the one at the terminal a shell in that Weir and returns the exit status. */
    int attend() throws InterruptedException {
        TerminalInput input = new TerminalInput(true);
        Thread restore = new Thread(input::close);
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            input.open();
        } catch (IOException e) {
            Messages.say("a shell needs a terminal; without one, use weir exec");
            return 1;
        }
        try (input) {
            return client.attend(input);
        } catch (IOException e) {
            Messages.say(String.valueOf(e.getMessage()));
        }
        return 1;
    }

    /** Prints how that Weir stands and returns the exit status. */
    int status(boolean json) throws IOException {
        return client.status(json);
    }

    /** Stops that Weir, waits for its end and returns the exit status. */
    int stop() throws IOException, InterruptedException {
        return client.stop();
    }
}
