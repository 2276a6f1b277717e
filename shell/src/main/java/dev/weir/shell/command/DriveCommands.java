package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.shell.text.Rates;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.GroupView;
import dev.weir.shell.view.HeldView;
import dev.weir.shell.view.Listing;
import dev.weir.shell.view.QueuedView;
import dev.weir.shell.view.TimerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that show drives and groups. What they return is described at {@link DriveView}, {@link QueuedView},
 * {@link TimerView} and {@link GroupView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = DriveCommands.class,
        property = {
            "osgi.command.scope=weir",
            "osgi.command.function=drives",
            "osgi.command.function=drive",
            "osgi.command.function=queue",
            "osgi.command.function=timers",
            "osgi.command.function=groups"
        })
public final class DriveCommands {
    private static final String DRIVES =
            """
            lists the drives: how they stand, what waits and what holds it, rates and limits

            Usage: drives [--json]

            "Held by" is what holds the first waiting read and write, "rate" and "req/s" are of the last
            moments: since the command was used before, or of a fifth of a second.

            """
                    + CommandSyntax.OPTIONS;

    private static final String DRIVE =
            """
            shows all of a drive: limits and what it owes under them, queue, timer, counters

            Usage: drive NAME [--json]

            What a drive owes under a limit is the time until the limit is clear of all that went
            before. The last lines say who may attach, if not all may, and where.

            """
                    + CommandSyntax.OPTIONS;

    private static final String QUEUE =
            """
            lists the requests that wait: since when, which limit holds them, when they go

            Usage: queue [NAME] [--summary] [--json]

            Without a name, those of all drives; each drive's stand in the order in which they go. Below
            them, they are summed up by drive and by the limit that holds them.
            "Goes in" is exact as things are: with the limits as they are set, what waits on the
            other drives of its group, and nothing new. It is a dash where nobody can say, as when
            the policy is missing, or too many others of the group come first. "Held by" is the
            limit that holds a request when its turn comes.

                 --summary   only the sums: held drives, limits, amounts and times
            """
                    + CommandSyntax.OPTIONS;

    private static final String TIMERS =
            """
            lists the timers that release the queues: when they are due, how late they were

            Usage: timers [--json]

            A timer is armed while its drive's queue waits for a limit. A late timer does not slow
            its drive: the rate follows the time and not the timer.

            """
                    + CommandSyntax.OPTIONS;

    private static final String GROUPS =
            """
            lists the groups: the limits that their drives share, and what waits for them

            Usage: groups [--json]

            """
                    + CommandSyntax.OPTIONS;

    private final Services whiteboard;

    /** Shows what is on this whiteboard. */
    @Activate
    public DriveCommands(@Reference Services whiteboard) {
        this.whiteboard = whiteboard;
    }

    @Descriptor(DRIVES)
    public Object drives(String... words) {
        return CommandSyntax.of(DRIVES)
                .answer(words, args -> DriveView.list(whiteboard.driveViews(whiteboard.drives())));
    }

    @Descriptor(DRIVE)
    public Object drive(String... words) {
        return CommandSyntax.of(DRIVE).answer(words, args -> whiteboard.view(whiteboard.drive(args.get(0))));
    }

    @Descriptor(QUEUE)
    public Object queue(String... words) {
        return Objects.requireNonNull(CommandSyntax.of(QUEUE).answerWith(words, options -> {
            List<String> args = options.args();
            List<DriveControl> drives = args.isEmpty() ? whiteboard.drives() : List.of(whiteboard.drive(args.get(0)));
            return queue(drives, options.isSet("summary"));
        }));
    }

    private Listing<?> queue(List<DriveControl> drives, boolean summary) {
        Map<String, Rates> rates = whiteboard.rates(drives);
        List<QueuedView> requests = new ArrayList<>();
        List<HeldView> sums = new ArrayList<>();
        for (DriveControl drive : drives) {
            List<QueuedRequest> queue = drive.queue();
            queue.forEach(request -> requests.add(QueuedView.of(drive.name(), request)));
            sums.addAll(HeldView.of(drive.name(), queue, rates.getOrDefault(drive.name(), Rates.NONE)));
        }
        return summary ? HeldView.list(sums) : QueuedView.list(requests, sums);
    }

    @Descriptor(TIMERS)
    public Object timers(String... words) {
        return CommandSyntax.of(TIMERS)
                .answer(
                        words,
                        args -> TimerView.list(whiteboard.drives().stream()
                                .map(DriveControl::snapshot)
                                .map(TimerView::of)
                                .toList()));
    }

    @Descriptor(GROUPS)
    public Object groups(String... words) {
        return CommandSyntax.of(GROUPS)
                .answer(words, args -> GroupView.list(whiteboard.groupViews(whiteboard.groups())));
    }
}
