package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.DriveView;
import dev.weir.view.GroupView;
import dev.weir.view.HeldView;
import dev.weir.view.Listing;
import dev.weir.view.QueuedView;
import dev.weir.view.TimerView;
import dev.weir.view.text.Rates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that show drives and groups. They return {@link DriveView}, {@link QueuedView}, {@link
 * HeldView}, {@link TimerView} and {@link GroupView}.
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
            lists the drives: state, queue and the limits that hold it, rates, limits

            Usage: drives [--json]

            "Held by" names the limits that hold the first waiting read and the first waiting write.
            "Rate" and "req/s" are averages since the last such command, or of a fifth of a second.

            """
                    + CommandSyntax.OPTIONS;

    private static final String DRIVE =
            """
            shows a drive in full, or adds, changes, renames and removes one

            Usage: drive [ACTION] NAME [KEY=VALUE...] [--save] [--dry-run] [--delete-storage=NAME] [--json]

            drive NAME                  limits and debt, queue, timer, counters, latencies, clients
            drive show NAME             its settings as the configuration has them
            drive add NAME KEY=VALUE... defines a new drive and opens it: memory=64M bps=10M group=g
            drive set NAME KEY=VALUE... changes some settings; "bps=" removes one
            drive rename NAME NEWNAME   closes it and opens it under another name
            drive remove NAME           disconnects its clients and closes it; its storage stays

            "Owed" is the debt under a limit: the time until the drive owes nothing. KEY is an option of
            -drive or a key of the file: backend.type, limits.bps, faults.slow.latency. Paths start from
            the home.
            """
                    + DefinitionWords.LASTING
                    + """
                 --delete-storage=NAME   also deletes the image of the removed drive NAME
            """
                    + CommandSyntax.OPTIONS;

    private static final String QUEUE =
            """
            lists the waiting requests: age, the limit that holds them, time until release

            Usage: queue [NAME|GROUP] [--summary] [--json]

            Without a name it lists all drives. Requests of a drive are in the order of their release. Sums
            by drive and by limit follow.
            "Goes in" is exact if no new request arrives and no limit changes. It includes the waiting
            requests of the other drives of the group. A dash means unknown: the policy is missing or too
            many requests of the group come first. "Held by" is the limit that holds a request when its
            turn comes.

                 --summary   only the sums: drives, limits, amounts and times
            """
                    + CommandSyntax.OPTIONS;

    private static final String TIMERS =
            """
            lists the timers that release the queues: due time and lateness

            Usage: timers [--json]

            A timer is armed while a queue waits for a limit. Drives that share groups have one timer; it
            is shown at the drive whose request it can free. A late timer does not lower the rate because the
            policy accounts by time.

            """
                    + CommandSyntax.OPTIONS;

    private static final String GROUPS =
            """
            lists the groups as a tree: waiting requests, rates, shares, limits

            Usage: groups [--json]

            "Share" is the part of the parent's rate that a group has now: in bytes if the parent limits
            only bytes, otherwise in requests. "Weight" and "min" divide the parent's limits.

            """
                    + CommandSyntax.OPTIONS;

    private final Services services;

    /** Creates the commands for the drives of {@code services}. */
    @Activate
    public DriveCommands(@Reference Services services) {
        this.services = services;
    }

    @Descriptor(DRIVES)
    public Object drives(String... words) {
        return CommandSyntax.of(DRIVES).answer(words, args -> DriveView.list(services.driveViews(services.drives())));
    }

    @Descriptor(DRIVE)
    public Object drive(String... words) {
        CommandSyntax usage = CommandSyntax.of(DRIVE);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            List<String> args = options.args();
            if (DefinitionWords.isAction(args)) {
                return new DefinitionWords(services).run(Kind.DRIVE, options, usage);
            }
            DefinitionWords.refuseNameless(args, services.drives().stream().map(DriveControl::name), usage);
            DriveControl drive = services.drive(args.get(0));
            DefinitionWords.refuseDryRun(options, usage);
            if (args.size() > 1) {
                throw usage.fault("\"" + args.get(1) + "\" is one argument too many");
            }
            return services.view(drive);
        }));
    }

    @Descriptor(QUEUE)
    public Object queue(String... words) {
        return Objects.requireNonNull(CommandSyntax.of(QUEUE).answerWith(words, options -> {
            List<String> args = options.args();
            List<DriveControl> drives = args.isEmpty() ? services.drives() : services.drivesOf(args.get(0));
            return queue(drives, options.isSet("summary"));
        }));
    }

    private Listing<?> queue(List<DriveControl> drives, boolean summary) {
        Map<String, Rates> rates = services.rates(drives);
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
                        args -> TimerView.list(services.drives().stream()
                                .map(DriveControl::snapshot)
                                .map(TimerView::of)
                                .toList()));
    }

    @Descriptor(GROUPS)
    public Object groups(String... words) {
        return CommandSyntax.of(GROUPS).answer(words, args -> GroupView.list(services.groupViews(services.groups())));
    }
}
