package dev.weir.shell.command;

import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/** The command {@code exit}, which leaves a shell. Thread-safe. */
@Component(
        service = ExitCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=exit"})
public final class ExitCommand {
    /** The session variable with the {@link Runnable} that leaves the shell; absent in a session without a shell. */
    public static final String EXIT_VARIABLE = ".weir.exit";

    private static final String EXIT =
            """
            leaves this shell

            Usage: exit

            In the terminal in which Weir was started, it stops Weir. In a shell opened with "weir shell",
            Weir keeps running. Ctrl-D does the same. "weir stop" stops Weir from anywhere.

              -? --help   this text
            """;

    @Descriptor(EXIT)
    public @Nullable Object exit(CommandSession session, String... words) {
        return CommandSyntax.of(EXIT).answerWith(words, options -> {
            if (!(session.get(EXIT_VARIABLE) instanceof Runnable exit)) {
                throw new CommandFault("no shell to leave here; \"weir stop\" stops Weir");
            }
            exit.run();
            return null;
        });
    }
}
