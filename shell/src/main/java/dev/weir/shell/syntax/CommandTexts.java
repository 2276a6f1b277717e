package dev.weir.shell.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/**
 * The commands of a session with their help texts. Commands of Weir and Gogo print their help on {@code --help}.
 *
 * @param session the session that would execute the commands
 */
public record CommandTexts(CommandSession session) {
    public static final String SCOPE = "weir:";
    private static final String GOGO = "gogo:";

    /** Returns the names of all commands with their scopes, sorted. */
    @SuppressWarnings("unchecked")
    public Set<String> names() {
        return new TreeSet<>((Set<String>) session.get(".commands"));
    }

    /** Returns the scoped command that a name refers to. */
    public Optional<String> find(String name) {
        Set<String> names = names();
        return Stream.of(SCOPE + name, GOGO + name, name)
                .filter(names::contains)
                .findFirst()
                .or(() -> names.stream().filter(c -> c.endsWith(":" + name)).findFirst());
    }

    /** Returns whether a command supports {@code --help}. */
    public static boolean helps(String command) {
        return command.startsWith(SCOPE) || command.startsWith(GOGO);
    }

    /** Returns the first line of a command's help. */
    public String summary(String command) {
        return answer(command, "--help").lines().findFirst().orElse("").replaceFirst("^\\S+ - ", "");
    }

    /**
     * Executes a command with one argument and returns its result; empty if it prints its answer.
     *
     * @throws CommandFault if the command fails
     */
    public String answer(String command, String argument) {
        try {
            Object answer = ((Function) session.get(command)).execute(session, new ArrayList<>(List.of(argument)));
            return answer == null ? "" : session.format(answer, 0).toString();
        } catch (Exception e) {
            throw new CommandFault("no help for \"" + command + "\": " + e.getMessage());
        }
    }
}
