package dev.weir.shell;

import dev.weir.shell.text.Column;
import dev.weir.shell.text.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Component;

/**
 * Helps with commands. Those of Weir and of Gogo itself tell it; for those of other bundles, which do not, there may
 * be another {@code help} to ask.
 *
 * <p>Thread-safe.
 */
@Component(
        service = HelpCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=help"})
public final class HelpCommand {
    private static final String SCOPE = "weir:";
    private static final String GOGO = "gogo:";
    private static final String HELP =
            """
            lists the commands, or tells all about one

            Usage: help [COMMAND] [--json]

            """
                    + Usage.OPTIONS;

    private static final Table<Summary> TABLE = new Table<>(
            "no commands",
            List.of(Column.left("COMMAND", Summary::command), Column.flexible("WHAT IT DOES", Summary::summary)));

    /**
     * A command in a line.
     *
     * @param command how it is called
     * @param summary what it does; empty if its help does not say
     */
    record Summary(String command, String summary) {}

    @Descriptor(HELP)
    public Object help(CommandSession session, String... words) {
        return Usage.of(HELP)
                .answer(words, args -> args.isEmpty() ? new Listing<>(TABLE, all(session)) : one(session, args.get(0)));
    }

    private static List<Summary> all(CommandSession session) {
        List<Summary> own = new ArrayList<>();
        List<Summary> others = new ArrayList<>();
        for (String command : commands(session)) {
            if (command.startsWith(SCOPE)) {
                String name = command.substring(SCOPE.length());
                String help = call(session, command, "--help");
                own.add(new Summary(name, help.lines().findFirst().orElse("").replaceFirst("^\\S+ - ", "")));
            } else {
                others.add(new Summary(command, ""));
            }
        }
        own.addAll(others);
        return own;
    }

    private static Object one(CommandSession session, String name) {
        Set<String> commands = commands(session);
        String command = Stream.of(SCOPE + name, GOGO + name, name)
                .filter(commands::contains)
                .findFirst()
                .or(() -> commands.stream().filter(c -> c.endsWith(":" + name)).findFirst())
                .orElseThrow(() -> new CommandFault("unknown command \"" + name + "\"; try \"help\""));
        if (command.startsWith(SCOPE) || command.startsWith(GOGO)) {
            return call(session, command, "--help");
        }
        return commands.stream()
                .filter(c -> c.endsWith(":help") && !c.startsWith(SCOPE))
                .findFirst()
                .map(help -> call(session, help, command))
                .orElseThrow(() -> new CommandFault("no help for \"" + name + "\""));
    }

    @SuppressWarnings("unchecked")
    private static Set<String> commands(CommandSession session) {
        return new TreeSet<>((Set<String>) session.get(".commands"));
    }

    private static String call(CommandSession session, String command, String argument) {
        try {
            Object answer = ((Function) session.get(command)).execute(session, new ArrayList<>(List.of(argument)));
            // some print it
            return answer == null ? "" : session.format(answer, 0).toString();
        } catch (Exception e) {
            throw new CommandFault("no help for \"" + command + "\": " + e.getMessage());
        }
    }
}
