package dev.weir.shell.command;

import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/** Leaves a shell. Thread-safe. */
@Component(
        service = ExitCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=exit"})
public final class ExitCommand {
    /** The session's variable that holds the {@link Runnable} that leaves it; not there where nothing can be left. */
    public static final String EXIT_VARIABLE = ".weir.exit";

    private static final String EXIT =
            """
            leaves this shell

            Usage: exit

            In the terminal in which Weir was started, that stops Weir; a shell that was opened with
            "weir shell" is left and Weir goes on. So does Ctrl-D. "weir stop" stops Weir from
            anywhere.

              -? --help   this text
            """;

    @Descriptor(EXIT)
    public @Nullable Object exit(CommandSession session, String... words) {
        return CommandSyntax.of(EXIT).answerWith(words, options -> {
            if (!(session.get(EXIT_VARIABLE) instanceof Runnable exit)) {
                throw new CommandFault("there is no shell to leave; \"weir stop\" stops Weir");
            }
            exit.run();
            return null;
        });
    }
}
