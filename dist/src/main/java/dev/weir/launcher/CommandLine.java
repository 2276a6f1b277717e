package dev.weir.launcher;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line {@code [--home DIR] [COMMAND] [OPTION...] [WORD...]}. {@code run} is the default command. A value
 * is the next word or follows {@code =}.
 *
 * <p>Parsing uses neither lambdas nor formats, because their first use takes a tenth of {@code weir exec} (see {@code
 * docs/design/decisions/005-launcher.md}).
 */
final class CommandLine {
    private final Map<Option, List<String>> values = new EnumMap<>(Option.class);
    private final Deque<String> words;
    private Command command = Command.RUN;

    /**
     * Parses a command line. After {@code --help} or {@code --version}, the rest is not checked.
     *
     * @throws UsageException if it is invalid
     */
    CommandLine(String... args) throws UsageException {
        words = new ArrayDeque<>(List.of(args));
        readOptions();
        String word = words.poll();
        if (word != null) {
            command = Command.of(word);
            rejectEarlyOptions();
            readOptions();
        }
        for (Option option : values.keySet()) {
            if (!command.options().contains(option)) {
                throw unknown(option.toString());
            }
        }
        if (!has(Option.HELP) && !has(Option.VERSION)) {
            checkWords();
        }
    }

    /** Returns the command. */
    Command command() {
        return command;
    }

    /** Returns whether an option is given. */
    boolean has(Option option) {
        return values.containsKey(option);
    }

    /** Returns the values of an option in order; empty if the option is not given. */
    List<String> values(Option option) {
        return values.getOrDefault(option, List.of());
    }

    /** Returns the value of an option, or null. */
    @Nullable
    String value(Option option) {
        return has(option) ? values(option).get(0) : null;
    }

    /** Returns the command of the shell that {@code exec}, {@code token} or {@code console} runs. */
    String line() {
        String rest = rest();
        return command == Command.EXEC ? rest : rest.isEmpty() ? command.toString() : command + " " + rest;
    }

    /** Returns the words as a line. A value in brackets that is a word of its own stays one in the shell. */
    private String rest() {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            String quote = words.size() > 1 && isBracketed(word) && word.indexOf('\'') < 0 ? "'" : "";
            line.append(line.length() == 0 ? "" : " ")
                    .append(quote)
                    .append(word)
                    .append(quote);
        }
        return line.toString();
    }

    /** Returns whether a word is {@code KEY=[…]} or {@code KEY={…}}. */
    private static boolean isBracketed(String word) {
        int equals = word.indexOf('=');
        return equals > 0
                && ((word.startsWith("[", equals + 1) && word.endsWith("]"))
                        || (word.startsWith("{", equals + 1) && word.endsWith("}")));
    }

    private void readOptions() throws UsageException {
        for (String word = words.peek(); word != null && word.startsWith("-"); word = words.peek()) {
            words.remove();
            if (word.equals("--")) {
                return;
            }
            readOption(word);
        }
    }

    private void readOption(String word) throws UsageException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option option = Option.of(name);
        if (option == null) {
            throw unknown(name);
        }
        if (option.value().isEmpty() && equals >= 0) {
            throw new UsageException(name + " takes no value");
        }
        add(option, equals < 0 ? nextValue(option) : word.substring(equals + 1));
    }

    /** Returns the next word as a value. A word with {@code -} is more likely an option after a forgotten value. */
    private String nextValue(Option option) {
        String next = words.peek();
        return option.value().isEmpty() || next == null || next.startsWith("-") ? "" : words.remove();
    }

    private void add(Option option, String value) throws UsageException {
        if (value.isEmpty() && !option.value().isEmpty()) {
            throw new UsageException(option + " needs a value: " + option + " " + option.value());
        }
        List<String> given = new ArrayList<>(values(option));
        given.add(value);
        if (given.size() > 1 && !option.isRepeatable()) {
            throw new UsageException(option + " is given twice");
        }
        values.put(option, given);
    }

    /** Rejects options before the command, because {@code bin/weir} chooses the JVM's options by its first words. */
    private void rejectEarlyOptions() throws UsageException {
        for (Option option : values.keySet()) {
            if (option != Option.HOME && option != Option.HELP && option != Option.VERSION) {
                throw new UsageException(option + " must come after " + command);
            }
        }
    }

    private void checkWords() throws UsageException {
        if (command == Command.EXEC || command == Command.TOKEN) {
            takeLastHome();
            if (words.isEmpty() && command == Command.EXEC) {
                throw new UsageException("exec needs a command of the shell, for example weir exec drives");
            }
        } else if (!words.isEmpty()) {
            throw new UsageException(command + " takes no argument \"" + words.element() + "\"");
        }
    }

    /** Takes {@code --home} and its value from the end of a line, because no command of the shell has this option. */
    private void takeLastHome() throws UsageException {
        String last = words.pollLast();
        if (last == null) {
            return;
        }
        if (last.startsWith(Option.HOME + "=")) {
            readOption(last);
        } else if (Option.HOME.toString().equals(words.peekLast())) {
            words.removeLast();
            add(Option.HOME, last);
        } else {
            words.addLast(last);
        }
    }

    private UsageException unknown(String name) {
        List<String> known = new ArrayList<>();
        for (Option option : command.options()) {
            known.add(option.toString());
        }
        return new UsageException(
                "unknown option " + name + " of " + command + "; choose from " + String.join(", ", known));
    }
}
