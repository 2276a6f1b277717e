package dev.weir.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The complete command line for picocli. */
@Command(
        name = "weir",
        customSynopsis = {
            "weir [run] [--home DIR] [--config FILE] [-drive OPT=VAL[,OPT=VAL]...]...",
            "                  [--listen ADDRESS]... [--no-shell]",
            "       weir exec COMMAND | shell | status | stop [--home DIR]"
        },
        description = "Serves virtual disks over NBD with limits on bytes/s and requests/s.",
        footer = {
            "",
            "Examples:",
            "  weir                                     the drives of HOME/weir.conf, a shell",
            "  weir -drive id=vm1,file=vm1.img,size=1G,bps=10M,iops=500",
            "  weir -drive id=s,memory=1G,bps_wr=1M,policy=slice --listen tcp:127.0.0.1:10809",
            "  weir run --config weir.conf --no-shell   as a service",
        },
        versionProvider = WeirCommand.Version.class,
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class WeirCommand implements Callable<Integer> {
    private static final int USAGE = CommandLine.ExitCode.USAGE;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "folder of all state: sockets, disks, logs; default: $WEIR_HOME, else ~/.local/state/weir")
    private @Nullable Path home;

    @Mixin
    private RunOptions options = new RunOptions();

    /** Executes the arguments and returns the exit status. */
    static int execute(String... args) {
        return new CommandLine(new WeirCommand())
                .setHelpFactory(SpacedHelp::new)
                .setStopAtPositional(true)
                .setExecutionStrategy(WeirCommand::execute)
                .setParameterExceptionHandler((fault, given) -> {
                    Messages.say(fault.getMessage() + "; see weir --help");
                    return USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof StartException refused) {
                        Messages.say(refused.reasons());
                        return 1;
                    }
                    throw failure;
                })
                .execute(args);
    }

    /** Runs the last subcommand. Rejects options before it that belong to another command. */
    private static int execute(ParseResult parsed) {
        if (parsed.hasSubcommand()) {
            for (OptionSpec option : parsed.matchedOptions()) {
                if (option.scopeType() != ScopeType.INHERIT && !option.usageHelp() && !option.versionHelp()) {
                    throw new ParameterException(
                            parsed.commandSpec().commandLine(),
                            "%s must come after %s"
                                    .formatted(
                                            option.longestName(),
                                            parsed.subcommand().commandSpec().name()));
                }
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    @Override
    public Integer call() throws InterruptedException, StartException {
        return run(options);
    }

    @Command(
            description = "Serves drives until it is stopped. This is the default command.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    int run(@Mixin RunOptions given) throws InterruptedException, StartException {
        if (given.config != null && !Files.isReadable(given.config)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--config %s: no such file, or permission denied".formatted(given.config));
        }
        return new Run(Home.of(home), given).call();
    }

    @Command(
            name = "exec",
            description = "Runs a command of the shell in the running Weir and prints its answer.",
            footer = {
                "",
                "The exit status is 1 if the command fails.",
                "",
                "Examples:",
                "  weir exec drives",
                "  weir exec 'queue vm1'",
                "  weir exec 'limits vm1 bps=20M'",
                "  weir exec 'timers --json'",
            },
            mixinStandardHelpOptions = true)
    int execute(@Parameters(arity = "1..*", paramLabel = "COMMAND") List<String> words)
            throws IOException, StartException {
        Deque<String> command = new ArrayDeque<>(words);
        Path last = RemoteCommand.takeLastHome(command, home);
        return new RemoteCommand(Home.ofRunning(last)).execute(command);
    }

    @Command(
            description = "Opens a shell in the running Weir with line editing, Tab completion and history.",
            footer = {"", "exit or Ctrl-D closes the shell; Ctrl-] also works if Weir does not answer."},
            mixinStandardHelpOptions = true)
    int shell() throws InterruptedException, StartException {
        return new RemoteCommand(Home.ofRunning(home)).attend();
    }

    @Command(
            description = "Shows whether a Weir runs in the home, and the state of its drives.",
            footer = {
                "",
                "The exit status is 0 if every drive is served, 1 if no Weir runs or answers, and 3 if a drive holds",
                "its queue or is unavailable, or the configuration has errors."
            },
            mixinStandardHelpOptions = true)
    int status(@Option(names = "--json", description = "as one line of JSON") boolean json)
            throws IOException, StartException {
        return new RemoteCommand(Home.ofRunning(home)).status(json);
    }

    @Command(description = "Stops the Weir in the home and waits for its end.", mixinStandardHelpOptions = true)
    int stop() throws IOException, InterruptedException, StartException {
        return new RemoteCommand(Home.ofRunning(home)).stop();
    }

    /** Help with a blank between an option and its value: {@code --config FILE}. */
    private static final class SpacedHelp extends Help {
        SpacedHelp(CommandSpec spec, ColorScheme colours) {
            super(spec, colours);
        }

        @Override
        public IParamLabelRenderer parameterLabelRenderer() {
            return new IParamLabelRenderer() {
                @Override
                public Ansi.Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<Ansi.IStyle> styles) {
                    boolean value = argument.arity().max() > 0;
                    String blank = argument.isOption() && value ? " " : "";
                    return ansi.text(value ? blank + argument.paramLabel() : "");
                }

                @Override
                public String separator() {
                    return " ";
                }
            };
        }
    }

    /** Version from the launcher's jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"weir " + WeirCommand.class.getPackage().getImplementationVersion()};
        }
    }
}
