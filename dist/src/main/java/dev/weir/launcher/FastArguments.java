package dev.weir.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is usually asked for: an option and its value are words of their own. It is read here because to load
 * picocli takes a tenth of the time until drives are served; what is not like that, is wrong or asks for help is picocli's.
 */
final class FastArguments {
    private final Deque<String> words;
    private final RunOptions options = new RunOptions();
    private @Nullable Path home;

    private FastArguments(String... args) {
        words = new ArrayDeque<>(List.of(args));
    }

    /** Reads {@code [--home DIR] [run] [OPTION...]}; null if the arguments are not like that. */
    static @Nullable FastArguments of(String... args) {
        FastArguments run = new FastArguments(args);
        return run.read() ? run : null;
    }

    /** Returns the home that was named. */
    @Nullable
    Path home() {
        return home;
    }

    /** Returns all else that was said. */
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
