package dev.weir.shell.command;

import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.load.BenchView;
import dev.weir.shell.load.Load;
import dev.weir.shell.load.Pattern;
import dev.weir.shell.load.Plan;
import dev.weir.shell.session.SessionTerminal;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.view.text.Bars;
import dev.weir.view.text.LimitValues;
import dev.weir.view.text.Units;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jline.builtins.Options;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code bench}, which measures a drive's throughput and latency under load. Thread-safe. */
@Component(
        service = BenchCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=bench"})
public final class BenchCommand {
    private static final int BAR = 30;
    private static final int MAX_DEPTH = 1024;
    private static final int MAX_SECONDS = 3600;
    private static final long REDRAW_MILLIS = 100;

    private static final String BENCH =
            """
            measures a drive's throughput and latency under load, next to its limits

            Usage: bench NAME [--rw=PATTERN] [--bs=SIZE] [--iodepth=N] [--seconds=N] [--force] [--json]

            The requests pass through the drive's queue and are charged like those of a client. A warm-up
            of half a second is not measured because it uses up the initial allowance of the limits.
            Patterns that write destroy the data on the drive. They ask for confirmation first.

                 --rw=PATTERN    read, write, randread, randwrite or randrw; default: randread
                 --bs=SIZE       size of each request; default: 4k
                 --iodepth=N     number of requests in flight; default: 16
                 --seconds=N     measured time in seconds; default: 5
                 --force         writes without confirmation
            """
                    + CommandSyntax.OPTIONS;

    private final Services services;
    private final Clock clock;

    /** Creates the command for the drives of {@code services}. */
    @Activate
    public BenchCommand(@Reference Services services, @Reference Clock clock) {
        this.services = services;
        this.clock = clock;
    }

    @Descriptor(BENCH)
    public @Nullable Object bench(CommandSession session, String... words) {
        CommandSyntax usage = CommandSyntax.of(BENCH);
        return usage.answerWith(words, options -> {
            DriveControl control = services.drive(options.args().get(0));
            Plan plan = plan(usage, options);
            Drive drive = services.openDrive(control);
            check(drive, plan);
            Optional<Terminal> terminal = SessionTerminal.find(session);
            if (plan.pattern().writes() && !options.isSet("force") && !agreed(drive, terminal)) {
                throw new CommandFault("nothing was written");
            }
            return run(control, drive, plan, terminal);
        });
    }

    private static Plan plan(CommandSyntax usage, Options options) {
        String rw = option(options, "rw", "randread");
        Pattern pattern = Arrays.stream(Pattern.values())
                .filter(known -> known.text().equals(rw))
                .findFirst()
                .orElseThrow(() -> Services.absent(
                        "pattern", rw, Arrays.stream(Pattern.values()).map(Pattern::text)));
        long block = LimitValues.parse(ThrottleLimits.IOPS_SIZE, option(options, "bs", "4k"));
        if (block < 1 || block > Drive.MAX_TRANSFER) {
            throw usage.fault("--bs must be from 1 byte to " + Units.bytes(Drive.MAX_TRANSFER));
        }
        return new Plan(
                pattern,
                (int) block,
                number(usage, options, "iodepth", "16", MAX_DEPTH),
                number(usage, options, "seconds", "5", MAX_SECONDS));
    }

    private static String option(Options options, String name, String otherwise) {
        return options.isSet(name) ? options.get(name) : otherwise;
    }

    private static int number(CommandSyntax usage, Options options, String name, String otherwise, int highest) {
        String text = option(options, name, otherwise);
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= highest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw usage.fault("--%s = %s: must be a number from 1 to %d".formatted(name, text, highest));
    }

    private static void check(Drive drive, Plan plan) {
        if (plan.pattern().writes() && drive.readOnly()) {
            throw new CommandFault("drive " + drive.name() + " is read-only");
        }
        if (plan.blockBytes() > drive.size()) {
            throw new CommandFault("drive %s is smaller than a request of %s; use a smaller --bs"
                    .formatted(drive.name(), Units.bytes(plan.blockBytes())));
        }
    }

    /**
     * Asks the user for confirmation before a pattern that writes.
     *
     * @throws CommandFault if no terminal is available
     */
    private boolean agreed(Drive drive, Optional<Terminal> terminal) {
        String what = "this overwrites drive %s (%s) and destroys its data"
                .formatted(drive.name(), Units.bytes(drive.size()));
        int clients = services.clients(drive.name());
        String users =
                switch (clients) {
                    case 0 -> "no client uses it";
                    case 1 -> "1 client uses it now";
                    default -> clients + " clients use it now";
                };
        if (terminal.isEmpty()) {
            throw new CommandFault(what + "; " + users + "; use --force to write without confirmation");
        }
        return ask(terminal.get(), what + ";\n" + users + ". Continue? [y/N] ");
    }

    private static boolean ask(Terminal terminal, String question) {
        Attributes before = terminal.enterRawMode();
        try {
            terminal.writer().print(question);
            terminal.flush();
            int answer = terminal.reader().read();
            terminal.writer().println(answer == 'y' || answer == 'Y' ? "yes" : "no");
            return answer == 'y' || answer == 'Y';
        } catch (IOException e) {
            return false;
        } finally {
            terminal.setAttributes(before);
            terminal.flush();
        }
    }

    private BenchView run(DriveControl control, Drive drive, Plan plan, Optional<Terminal> terminal) {
        try (Load load = Load.start(drive, plan, clock)) {
            // stops at the planned end even if requests still wait
            while (!load.await(REDRAW_MILLIS) && load.progress() < 1) {
                terminal.ifPresent(to -> draw(to, load));
            }
            terminal.ifPresent(BenchCommand::clear);
            String failure = load.failure();
            if (failure != null) {
                throw new CommandFault("drive " + drive.name() + ": " + failure);
            }
            DriveSnapshot now = control.snapshot();
            return BenchView.of(drive.name(), plan, load, now.limits(), groupLimits(now));
        } catch (InterruptedException e) {
            terminal.ifPresent(BenchCommand::clear);
            throw new CommandFault("interrupted");
        }
    }

    private Map<String, ThrottleLimits> groupLimits(DriveSnapshot drive) {
        return services.groups().stream()
                .filter(group -> group.name().equals(drive.group()))
                .collect(Collectors.toMap(
                        GroupControl::name, group -> group.snapshot().limits()));
    }

    private static void draw(Terminal terminal, Load load) {
        terminal.writer()
                .print("\r%s %3.0f %%  %d done "
                        .formatted(
                                Bars.bar(load.progress(), BAR),
                                load.progress() * 100,
                                load.nanos().getTotalCount()));
        terminal.flush();
    }

    private static void clear(Terminal terminal) {
        terminal.writer().print("\r" + " ".repeat(BAR + 30) + "\r");
        terminal.flush();
    }
}
