package dev.weir.shell;

import dev.weir.shell.text.Column;
import dev.weir.shell.text.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Component;

/**
 * Helps with commands: those of Weir it asks for their help, for those of other bundles it asks the {@code help} that
 * comes with Gogo, where there is one.
 *
 * <p>Thread-safe.
 */
@Component(
        service = HelpCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=help"})
public final class HelpCommand {
    private static final String SCOPE = "weir:";
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
        String own = name.startsWith(SCOPE) ? name : SCOPE + name;
        if (commands.contains(own)) {
            return call(session, own, "--help");
        }
        if (commands.stream().noneMatch(command -> command.equals(name) || command.endsWith(":" + name))) {
            throw new CommandFault("unknown command \"" + name + "\"; try \"help\"");
        }
        return commands.stream()
                .filter(command -> command.endsWith(":help") && !command.startsWith(SCOPE))
                .findFirst()
                .map(help -> call(session, help, name))
                .orElseThrow(() -> new CommandFault("no help for \"" + name + "\""));
    }

    @SuppressWarnings("unchecked")
    private static Set<String> commands(CommandSession session) {
        return new TreeSet<>((Set<String>) session.get(".commands"));
    }

    private static String call(CommandSession session, String command, String argument) {
        try {
            Object answer = ((Function) session.get(command)).execute(session, new ArrayList<>(List.of(argument)));
            // Gogo's own help prints
            return answer == null ? "" : session.format(answer, 0).toString();
        } catch (Exception e) {
            throw new CommandFault("no help for \"" + command + "\": " + e.getMessage());
        }
    }
}
