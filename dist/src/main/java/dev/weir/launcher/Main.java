package dev.weir.launcher;

import dev.weir.launcher.client.ShellClient;
import dev.weir.launcher.client.TerminalShell;
import dev.weir.launcher.home.Home;
import dev.weir.launcher.home.StartException;
import dev.weir.launcher.log.Messages;
import dev.weir.launcher.run.Run;
import dev.weir.launcher.run.RunOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Entry point of {@code bin/weir}. */
public final class Main {
    private static final int USAGE = 2;

    /** Replacement character for bytes that the locale cannot decode. */
    private static final char REPLACEMENT = '\uFFFD';

    private Main() {}

    /**
     * Executes the command line and exits.
     *
     * @param args command-line arguments
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        System.exit(status(args));
    }

    private static int status(String... args) throws IOException, InterruptedException {
        String unreadable = unreadable(args);
        if (unreadable != null) {
            Messages.say(unreadable);
            return USAGE;
        }
        try {
            return execute(new CommandLine(args));
        } catch (UsageException e) {
            Messages.say(e.getMessage() + "; see weir --help");
            return USAGE;
        } catch (StartException e) {
            Messages.say(e.reasons());
            return 1;
        }
    }

    private static int execute(CommandLine line)
            throws IOException, InterruptedException, StartException, UsageException {
        if (line.has(Option.HELP)) {
            System.out.print(HelpText.of(line.command()));
            return 0;
        }
        if (line.has(Option.VERSION)) {
            System.out.println("weir " + Main.class.getPackage().getImplementationVersion());
            return 0;
        }
        Path home = path(line.value(Option.HOME));
        if (line.command() == Command.RUN) {
            return new Run(Home.of(home), options(line)).call();
        }
        ShellClient client = ShellClient.ofProcess(Home.ofRunning(home), Integer.getInteger("weir.columns", 0));
        return switch (line.command()) {
            case EXEC, TOKEN, CONSOLE -> client.execute(line.line());
            case SHELL -> TerminalShell.attend(client);
            case STATUS -> client.status(line.has(Option.JSON));
            default -> client.stop();
        };
    }

    private static RunOptions options(CommandLine line) throws UsageException {
        Path config = path(line.value(Option.CONFIG));
        if (config != null && !Files.isReadable(config)) {
            throw new UsageException("--config " + config + ": no such file, or permission denied");
        }
        return new RunOptions(config, line.values(Option.DRIVE), line.values(Option.LISTEN), line.has(Option.NO_SHELL));
    }

    private static @Nullable Path path(@Nullable String value) {
        return value == null ? null : Path.of(value);
    }

    /** Returns an error for the first argument that the JVM could not decode; null if all are readable. */
    private static @Nullable String unreadable(String... args) {
        for (String arg : args) {
            if (arg.indexOf(REPLACEMENT) >= 0) {
                return "the argument \"" + arg + "\" cannot be read in the locale of this process (LC_CTYPE="
                        + System.getenv("LC_CTYPE") + "); use one with UTF-8, for example LC_ALL=C.UTF-8";
            }
        }
        return null;
    }
}
