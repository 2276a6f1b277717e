package dev.weir.shell.syntax;

import dev.weir.view.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jline.builtins.Options;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of a command, parsed from its help text so that help and parser cannot differ. See
 * docs/design/decisions/011.
 *
 * <p>The line {@code Usage: NAME …} lists the arguments. Brackets mark optional arguments and dots a repeated one.
 * Indented lines that begin with a dash are options in the format of {@link Options}.
 *
 * @param name the command's name
 * @param help the help text: a summary in the first line, then the details
 * @param line the usage line
 */
public record CommandSyntax(String name, String help, String line) {

    /** The end of every help text: the options that all commands share. */
    public static final String OPTIONS =
            """
                 --json   as JSON, for programs
              -? --help   this text
            """;

    private static final String USAGE = "Usage: ";

    /** Parses a help text. */
    public static CommandSyntax of(String help) {
        String line = help.lines()
                .filter(l -> l.startsWith(USAGE))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no usage in: " + help))
                .substring(USAGE.length());
        return new CommandSyntax(line.substring(0, (line + " ").indexOf(' ')), help, line);
    }

    /**
     * Runs a command and returns its result, as JSON with {@code --json}. With {@code --help} returns the help text
     * instead.
     *
     * @param words the words after the command's name
     * @param command computes the result from the arguments
     * @throws CommandFault if the syntax is wrong or the command fails
     */
    public Object answer(String[] words, Function<List<String>, ?> command) {
        return Objects.requireNonNull(answerWith(words, options -> command.apply(options.args())));
    }

    /** Runs a command that has further options or may return null. Otherwise like {@link #answer}. */
    @Nullable
    public Object answerWith(String[] words, Function<Options, ? extends @Nullable Object> command) {
        Options options = parse(words);
        if (options.isSet("help")) {
            return (name + " - " + help).strip();
        }
        check(options.args());
        try {
            Object answer = command.apply(options);
            return answer != null && help.contains(OPTIONS) && options.isSet("json") ? Json.text(answer) : answer;
        } catch (IllegalArgumentException e) {
            // drives and limits throw this for invalid values
            throw new CommandFault(Objects.toString(e.getMessage(), e.toString()), e);
        }
    }

    private Options parse(String[] words) {
        // ignores variables: one with the command's name could otherwise set hidden options
        Options options = Options.compile(help, variable -> null);
        try {
            return options.parse(
                    Arrays.stream(words).map(word -> Objects.toString(word)).toList());
        } catch (IllegalArgumentException e) {
            throw new CommandFault(e.getMessage() + "; usage: " + line, e);
        }
    }

    /** Returns the arguments of the usage line without brackets. */
    public List<String> arguments() {
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

    /** Returns a syntax error with the usage line. */
    public CommandFault fault(String problem) {
        return new CommandFault(name + ": " + problem + "; usage: " + line);
    }
}
