package dev.weir.shell.command;

import dev.weir.shell.view.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jline.builtins.Options;
import org.jspecify.annotations.Nullable;

/**
 * How a command is called. Its help text says so, and this reads it there, so the two cannot differ: the line
 * {@code Usage: NAME …} has the arguments, those in brackets may be missing and one with dots may be repeated; the
 * indented lines that begin with a dash are the options, as {@link Options} has them.
 *
 * @param name the command
 * @param help the first line in short, then all there is to say
 * @param line the usage line
 */
record CommandSyntax(String name, String help, String line) {

    /** The options that every command has, to end its help text with. */
    static final String OPTIONS =
            """
                 --json   as JSON, for programs
              -? --help   this text
            """;

    private static final String USAGE = "Usage: ";

    /** Reads a help text. */
    static CommandSyntax of(String help) {
        String line = help.lines()
                .filter(l -> l.startsWith(USAGE))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no usage in: " + help))
                .substring(USAGE.length());
        return new CommandSyntax(line.substring(0, (line + " ").indexOf(' ')), help, line);
    }

    /**
     * Answers a command: with its help, or with what {@code command} makes of the arguments, as it is or as JSON.
     *
     * @param words what was typed after the command's name
     * @throws CommandFault if that is not how the command is called, or it cannot do what it is asked
     */
    Object answer(String[] words, Function<List<String>, ?> command) {
        return Objects.requireNonNull(answerWith(words, options -> command.apply(options.args())));
    }

    /** The same for a command that has options of its own, or whose answer is what it does. */
    @Nullable
    Object answerWith(String[] words, Function<Options, ? extends @Nullable Object> command) {
        Options options = parse(words);
        if (options.isSet("help")) {
            return (name + " - " + help).strip();
        }
        check(options.args());
        try {
            Object answer = command.apply(options);
            return answer != null && help.contains(OPTIONS) && options.isSet("json") ? Json.text(answer) : answer;
        } catch (IllegalArgumentException e) {
            // how drives and limits refuse what cannot be
            throw new CommandFault(Objects.toString(e.getMessage(), e.toString()), e);
        }
    }

    private Options parse(String[] words) {
        // a variable named after the command could set options; nobody would look for them there
        Options options = Options.compile(help, variable -> null);
        try {
            return options.parse(
                    Arrays.stream(words).map(word -> Objects.toString(word)).toList());
        } catch (IllegalArgumentException e) {
            throw new CommandFault(e.getMessage() + "; usage: " + line, e);
        }
    }

    /** Returns the arguments as the usage line has them, without brackets. */
    List<String> arguments() {
        return words().map(word -> word.replaceAll("[\\[\\]]", "")).toList();
    }

    private Stream<String> words() {
        return Arrays.stream(line.split(" ")).skip(1).filter(word -> !word.startsWith("[-"));
    }

    private void check(List<String> args) {
        List<String> names = words().toList();
        List<String> needed =
                names.stream().filter(word -> !word.startsWith("[")).toList();
        if (args.size() < needed.size()) {
            throw fault(needed.get(args.size()) + " is missing");
        }
        if (args.size() > names.size() && names.stream().noneMatch(word -> word.contains("..."))) {
            throw fault("\"" + args.get(names.size()) + "\" is one argument too many");
        }
    }

    /** Says what is wrong with the way the command was called, and how it is called. */
    CommandFault fault(String problem) {
        return new CommandFault(name + ": " + problem + "; usage: " + line);
    }
}
