package dev.weir.shell.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;

/**
 * The commands there are in a session, with their scopes, and what they say of themselves. Those of Weir and of Gogo
 * do so when they are asked for {@code --help}.
 *
 * @param session where they would be executed
 */
record CommandTexts(CommandSession session) {
    static final String SCOPE = "weir:";
    private static final String GOGO = "gogo:";

    /** Returns the names of all, scope and all, sorted. */
    @SuppressWarnings("unchecked")
    Set<String> names() {
        return new TreeSet<>((Set<String>) session.get(".commands"));
    }

    /** Returns the command that is meant by a name, with its scope. */
    Optional<String> find(String name) {
        Set<String> names = names();
        return Stream.of(SCOPE + name, GOGO + name, name)
                .filter(names::contains)
                .findFirst()
                .or(() -> names.stream().filter(c -> c.endsWith(":" + name)).findFirst());
    }

    /** Returns whether a command is one that knows {@code --help}. */
    static boolean helps(String command) {
        return command.startsWith(SCOPE) || command.startsWith(GOGO);
    }

    /** Returns what a command of Weir does, in a line. */
    String summary(String command) {
        return answer(command, "--help").lines().findFirst().orElse("").replaceFirst("^\\S+ - ", "");
    }

    /**
     * Returns what a command answers to this argument; empty if it prints it instead.
     *
     * @throws CommandFault if it fails
     */
    String answer(String command, String argument) {
        try {
            Object answer = ((Function) session.get(command)).execute(session, new ArrayList<>(List.of(argument)));
            return answer == null ? "" : session.format(answer, 0).toString();
        } catch (Exception e) {
            throw new CommandFault("no help for \"" + command + "\": " + e.getMessage());
        }
    }
}
