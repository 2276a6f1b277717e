package dev.weir.shell.command;

import dev.weir.shell.text.Column;
import dev.weir.shell.text.Table;
import dev.weir.shell.view.Listing;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
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
    private static final String HELP =
            """
            lists the commands, or tells all about one

            Usage: help [COMMAND] [--json]

            """
                    + CommandSyntax.OPTIONS;

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
        CommandTexts texts = new CommandTexts(session);
        return CommandSyntax.of(HELP)
                .answer(words, args -> args.isEmpty() ? new Listing<>(TABLE, all(texts)) : one(texts, args.get(0)));
    }

    private static List<Summary> all(CommandTexts texts) {
        List<Summary> own = new ArrayList<>();
        List<Summary> others = new ArrayList<>();
        for (String command : texts.names()) {
            if (command.startsWith(CommandTexts.SCOPE)) {
                own.add(new Summary(command.substring(CommandTexts.SCOPE.length()), texts.summary(command)));
            } else {
                others.add(new Summary(command, ""));
            }
        }
        own.addAll(others);
        return own;
    }

    private static String one(CommandTexts texts, String name) {
        String command =
                texts.find(name).orElseThrow(() -> new CommandFault("unknown command \"" + name + "\"; try \"help\""));
        if (CommandTexts.helps(command)) {
            return texts.answer(command, "--help");
        }
        return texts.names().stream()
                .filter(c -> c.endsWith(":help") && !c.startsWith(CommandTexts.SCOPE))
                .findFirst()
                .map(help -> texts.answer(help, command))
                .orElseThrow(() -> new CommandFault("no help for \"" + name + "\""));
    }
}
