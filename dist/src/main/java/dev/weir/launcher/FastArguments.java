package dev.weir.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parser for frequent command lines of {@code run}, in which each option and value is a word. It avoids picocli,
 * whose loading takes a tenth of the start (see {@code docs/design/decisions/005-launcher.md}). All other command
 * lines go to picocli, including errors and {@code --help}.
 */
final class FastArguments {
    private final Deque<String> words;
    private final RunOptions options = new RunOptions();
    private @Nullable Path home;

    private FastArguments(String... args) {
        words = new ArrayDeque<>(List.of(args));
    }

    /** Parses {@code [--home DIR] [run] [OPTION...]}. Returns null if the arguments need picocli. */
    static @Nullable FastArguments of(String... args) {
        FastArguments run = new FastArguments(args);
        return run.read() ? run : null;
    }

    /** Returns the value of {@code --home}, or null. */
    @Nullable
    Path home() {
        return home;
    }

    /** Returns all other options. */
    RunOptions options() {
        return options;
    }

    private boolean read() {
        boolean plain = !"--home".equals(words.peek()) || readOption();
        if ("run".equals(words.peek())) {
            words.remove();
        }
        while (plain && !words.isEmpty()) {
            plain = readOption();
        }
        return plain;
    }

    private boolean readOption() {
        String option = words.remove();
        if (option.equals("--no-shell")) {
            boolean first = !options.noShell;
            options.noShell = true;
            return first;
        }
        String value = words.poll();
        return value != null && !value.startsWith("-") && !value.startsWith("@") && set(option, value);
    }

    private boolean set(String option, String value) {
        return switch (option) {
            case "-drive" -> options.drives.add(value);
            case "--listen" -> options.listen.add(value);
            case "--home" -> {
                boolean first = home == null;
                home = Path.of(value);
                yield first;
            }
            case "--config" -> {
                boolean first = options.config == null;
                options.config = Path.of(value);
                yield first && Files.isReadable(options.config);
            }
            default -> false;
        };
    }
}
