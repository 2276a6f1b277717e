package dev.weir.shell.command;

import dev.weir.clock.Clock;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveLatencies;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.session.SessionTerminal;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.shell.watch.WatchLoop;
import dev.weir.shell.watch.WatchSource;
import dev.weir.view.LatencyText;
import dev.weir.view.QueuedView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code watch}, a live view of drives, queues and timers. Thread-safe. */
@Component(
        service = WatchCommand.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=watch"})
public final class WatchCommand implements WatchSource {
    private static final int DEFAULT_COLUMNS = 80;

    private static final String WATCH =
            """
            shows all drives live: rates, the most used limit, queue, next release

            Usage: watch [--json]

            RATE (bytes) and REQ/S (requests) are averages of the last second. USED is the used share of
            LIMIT, the most used limit of the drive or its group. QUEUED is the number of waiting requests,
            with its history. NEXT is the time until the timer releases the next request. A wider terminal
            shows more columns.

            Keys: q leaves; arrows, PgUp, PgDn, Home and End select a drive; enter shows its limits, timer
            and queue; escape goes back; / filters by name; g lists groups; t shows the tree of groups; s
            sorts; l changes limits (bps=10M iops=0); + and - change the refresh rate; ? shows help. Without
            a terminal, one frame is printed.

            """
                    + CommandSyntax.OPTIONS;

    private final Services services;
    private final Clock clock;

    /** Creates the command for the drives of {@code services}. */
    @Activate
    public WatchCommand(@Reference Services services, @Reference Clock clock) {
        this.services = services;
        this.clock = clock;
    }

    @Descriptor(WATCH)
    public @Nullable Object watch(CommandSession session, String... words) {
        return CommandSyntax.of(WATCH).answerWith(words, options -> {
            WatchLoop loop = new WatchLoop(this, clock);
            Optional<Terminal> terminal = SessionTerminal.find(session);
            try {
                if (options.isSet("json")) {
                    return loop.drives();
                }
                if (terminal.isEmpty()) {
                    int columns = SessionTerminal.columns(session);
                    return loop.frame(columns == Integer.MAX_VALUE ? DEFAULT_COLUMNS : columns);
                }
                loop.run(terminal.get());
            } catch (IOException e) {
                throw new CommandFault("the terminal failed: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        });
    }

    @Override
    public List<DriveControl> drives() {
        return services.drives();
    }

    @Override
    public List<GroupControl> groups() {
        return services.groups();
    }

    @Override
    public List<String> queue(String drive, int columns) {
        return services.drives().stream()
                .filter(control -> control.name().equals(drive))
                .flatMap(control -> QueuedView.list(control).text(columns).lines())
                .toList();
    }

    @Override
    public List<String> latencies(String drive) {
        return services.drives().stream()
                .filter(control -> control.name().equals(drive))
                .map(DriveControl::latencies)
                .flatMap(latencies ->
                        Stream.of(latency("held", latencies.held()), latency("storage", latencies.backend())))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String latency(String what, DriveLatencies.Percentiles percentiles) {
        String text = LatencyText.of(percentiles);
        return text.isEmpty() ? "" : what + " " + text;
    }

    @Override
    public void limits(String drive, String settings) {
        LimitChange.apply(services.drive(drive), List.of(settings.split("\\s+")), CommandFault::new, unsaved -> {});
    }

    @Override
    public void groupLimits(String group, String settings) {
        LimitChange.apply(services.group(group), List.of(settings.split("\\s+")), CommandFault::new, unsaved -> {});
    }
}
