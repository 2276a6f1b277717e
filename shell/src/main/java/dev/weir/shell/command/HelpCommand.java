package dev.weir.shell.command;

import dev.weir.log.PlainText;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.shell.syntax.CommandTexts;
import dev.weir.view.Listing;
import dev.weir.view.View;
import dev.weir.view.text.Column;
import dev.weir.view.text.Table;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * The command {@code help}. Commands of Weir and Gogo supply their own help text. For commands of other
 * bundles it asks another {@code help} command if one is installed.
 *
 * <p>Thread-safe.
 */
@Component(
        service = HelpCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=help"})
public final class HelpCommand {
    private static final String HELP =
            """
            lists the commands or describes one

            Usage: help [COMMAND] [--all] [--json]

                 --all    also lists the commands of Gogo and of the OSGi framework
            """
                    + CommandSyntax.OPTIONS;

    private static final Table<Summary> TABLE = new Table<>(
            "no commands",
            List.of(Column.left("COMMAND", Summary::command), Column.flexible("SUMMARY", Summary::summary)));

    /**
     * A row of the command list.
     *
     * @param command the command's name
     * @param summary the first line of its help; empty without help
     */
    record Summary(String command, String summary) {}

    /**
     * The full help of a command.
     *
     * @param command the command's name
     * @param summary the first line of its help; empty without help
     * @param text the help text
     */
    record Detail(String command, String summary, String text) implements View {
        @Override
        public String text(int width) {
            return text;
        }
    }

    @Descriptor(HELP)
    public @Nullable Object help(CommandSession session, String... words) {
        CommandTexts texts = new CommandTexts(session);
        return CommandSyntax.of(HELP)
                .answerWith(
                        words,
                        options -> options.args().isEmpty()
                                ? list(texts, options.isSet("all"))
                                : one(texts, options.args().get(0)));
    }

    private static Listing<Summary> list(CommandTexts texts, boolean all) {
        List<Summary> own = new ArrayList<>();
        List<Summary> others = new ArrayList<>();
        for (String command : texts.names()) {
            if (command.startsWith(CommandTexts.SCOPE)) {
                own.add(new Summary(command.substring(CommandTexts.SCOPE.length()), texts.summary(command)));
            } else {
                others.add(new Summary(command, ""));
            }
        }
        if (!all) {
            return new Listing<>(
                    TABLE,
                    own,
                    "\"help --all\" lists %d more, of Gogo and of the OSGi framework".formatted(others.size()));
        }
        own.addAll(others);
        return new Listing<>(TABLE, own);
    }

    private static Detail one(CommandTexts texts, String name) {
        String command = texts.find(name)
                .orElseThrow(() -> new CommandFault("unknown command \"" + PlainText.of(name) + "\"; try \"help\""));
        if (CommandTexts.helps(command)) {
            return new Detail(command, texts.summary(command), texts.answer(command, "--help"));
        }
        return texts.names().stream()
                .filter(c -> c.endsWith(":help") && !c.startsWith(CommandTexts.SCOPE))
                .findFirst()
                .map(help -> new Detail(command, "", texts.answer(help, command)))
                .orElseThrow(() -> new CommandFault("no help for \"" + PlainText.of(name) + "\""));
    }
}
