package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.DriveView;
import dev.weir.view.LimitsView;
import dev.weir.view.reload.RefusedReloadException;
import dev.weir.view.reload.Reload;
import dev.weir.view.system.ReloadView;
import dev.weir.view.text.DrainSeconds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jline.builtins.Options;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that change drives and groups. They return the state after the change: {@link LimitsView},
 * {@link DriveView}, {@link dev.weir.view.GroupView} or {@link ReloadView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = ChangeCommands.class,
        property = {
            "osgi.command.scope=weir",
            "osgi.command.function=limits",
            "osgi.command.function=group",
            "osgi.command.function=drain",
            "osgi.command.function=policy",
            "osgi.command.function=reopen",
            "osgi.command.function=reload"
        })
public final class ChangeCommands {
    private static final String LIMITS =
            """
            shows or changes the limits of a drive or a group, also for queued requests

            Usage: limits NAME|GROUP [KEY=VALUE...] [--save] [--json]

            bps, bps_rd, bps_wr       bytes per second: all, reads, writes; 512, 10M, 10MiB, 10MB
            iops, iops_rd, iops_wr    requests per second: all, reads, writes; 500, 5k, 1M
            KEY_max                   burst rate
            KEY_max_length            burst length: 30s
            iops_size                 a larger request counts as several of this size
            iops_per_gib, iops_floor  scales with the size: rate for each GiB, but at least this one;
            bps_per_gib, bps_floor    iops or bps itself is then the highest rate
            weight                    part of the group's limits beside other members; 1 to 1000
            min.bps, min.iops         least rate while other members wait too; 0 for none

            0 removes a limit and its burst. Setting a removed limit again restores its configured burst.
            Debt stays but lasts no longer than the new rate needs to pay it. The change lasts until
            "reload --restore", a restart, or a new value in the file.

                 --save   keeps the change in weir.d in the home
            """
                    + CommandSyntax.OPTIONS;

    private static final String GROUP =
            """
            shows a group in full, changes it, or adds, renames and removes one

            Usage: group [ACTION] GROUP [KEY=VALUE...] [--save] [--cluster] [--dry-run] [--json]

            group GROUP                   all of a group
            group GROUP KEY=VALUE...      changes it live
            group show GROUP              its settings as the configuration has them
            group add GROUP KEY=VALUE...  defines a new group
            group set GROUP KEY=VALUE...  changes its definition; "iops=" removes a setting
            group rename GROUP NEWNAME    gives it another name; its members follow
            group remove GROUP            removes a group without members

            parent                    the group whose limits apply too; "parent=" for none
            weight                    part of the parent's limits beside other members; 1 to 1000
            min.bps, min.iops         least rate while other members wait too; 0 for none

            The other keys and the values are those of "limits". All changes of a line are made together
            and also apply to queued requests. They last until "reload --restore", a restart, or a new
            value in the file.
            """
                    + DefinitionWords.LASTING
                    + """
                         --cluster   with set: changes limits on all hosts of the cluster and saves them there;
                                     with --dry-run only asks the hosts whether they could
                    """
                    + CommandSyntax.OPTIONS;

    private static final String DRAIN =
            """
            lifts the limits of a drive, or of all drives of a group, until it is idle

            Usage: drain NAME|GROUP [--seconds=N] [--json]

            Also lifts the group's limits for these drives. Use it before you stop, migrate or detach a
            guest, which waits for all queued requests. Requests released meanwhile are not charged. The
            limits apply again when the drive is idle or the time is over.

                 --seconds=N   maximum time without limits, in seconds, 1 to 3600; default: 60
            """
                    + CommandSyntax.OPTIONS;

    private static final String POLICY =
            """
            changes the throttle policy of a drive or a group and keeps its debt

            Usage: policy NAME|GROUP TYPE [--save] [--json]

            "policies" lists the types. The change lasts until "reload --restore", a restart, or a new
            policy in the file.

                 --save   keeps the change in weir.d in the home
            """
                    + CommandSyntax.OPTIONS;

    private static final String REOPEN =
            """
            checks the storage of a drive now and opens it again if it is lost

            Usage: reopen NAME [--json]

            A drive whose storage is usable stays open. Weir checks open drives every 3 s. It retries
            unavailable ones after 1 s, 2 s, 4 s and so on up to a minute, and at each reload.

            """
                    + CommandSyntax.OPTIONS;

    private static final String RELOAD =
            """
            reads the configuration again and applies the differences

            Usage: reload [--restore] [--json]

            If the configuration has errors, all of them are listed and it is rejected as a whole.
            Unavailable drives are opened again. Changes made by commands stay unless the file has a new
            value for them. The exit status is 3 if a drive is not open or an address cannot be used.

                 --restore   reverts all changes made by commands that were not saved
            """
                    + CommandSyntax.OPTIONS;

    private static final String SAVE = "save";

    /** How long {@code reopen} waits for a drive to open (seconds). */
    private static final long OPEN_SECONDS = 5;

    /** The exit status of a reload after which a drive or an address is unusable, as that of {@code weir status}. */
    private static final int UNHEALTHY = 3;

    private final Services services;

    /** Creates the commands for the drives of {@code services}. */
    @Activate
    public ChangeCommands(@Reference Services services) {
        this.services = services;
    }

    @Descriptor(LIMITS)
    public Object limits(String... words) {
        CommandSyntax usage = CommandSyntax.of(LIMITS);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            String name = options.args().get(0);
            if (services.isGroup(name)) {
                return services.limits(changed(name, options, usage));
            }
            DriveControl drive = services.driveOrGroup(name);
            List<String> changes = changes(options, usage);
            if (!changes.isEmpty()) {
                LimitChange.apply(drive, changes, usage::fault, saver(Kind.DRIVE, name, options));
            }
            return services.limits(drive);
        }));
    }

    /** Returns the words after the name. */
    private static List<String> changes(Options options, CommandSyntax usage) {
        List<String> changes = options.args().subList(1, options.args().size());
        if (changes.isEmpty() && options.isSet(SAVE)) {
            throw usage.fault("--save needs KEY=VALUE");
        }
        return changes;
    }

    /** Returns the step that saves settings before they apply live; it does nothing without {@code --save}. */
    private Consumer<Map<String, @Nullable Object>> saver(Kind kind, String name, Options options) {
        return options.isSet(SAVE)
                ? settings -> new DefinitionWords(services).save(kind, name, settings)
                : settings -> {};
    }

    private GroupControl changed(String name, Options options, CommandSyntax usage) {
        GroupControl group = services.group(name);
        List<String> changes = changes(options, usage);
        if (!changes.isEmpty()) {
            LimitChange.apply(group, changes, usage::fault, saver(Kind.GROUP, name, options));
        }
        return group;
    }

    @Descriptor(GROUP)
    public Object group(String... words) {
        CommandSyntax usage = CommandSyntax.of(GROUP);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            List<String> args = options.args();
            if (options.isSet("cluster")) {
                if (!DefinitionWords.isAction(args) || !args.get(0).equals("set")) {
                    throw usage.fault("--cluster needs set");
                }
                boolean isCheck = DefinitionWords.isDryRun(options);
                return ClusterCommand.save(services, args.get(1), args.subList(2, args.size()), isCheck, usage);
            }
            if (DefinitionWords.isAction(args)) {
                return new DefinitionWords(services).run(Kind.GROUP, options, usage);
            }
            DefinitionWords.refuseNameless(args, services.groups().stream().map(GroupControl::name), usage);
            DefinitionWords.refuseDryRun(options, usage);
            return services.groupViews(List.of(changed(options.args().get(0), options, usage)))
                    .get(0);
        }));
    }

    @Descriptor(DRAIN)
    public Object drain(String... words) {
        CommandSyntax usage = CommandSyntax.of(DRAIN);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            String name = options.args().get(0);
            List<DriveControl> drives = services.drivesOf(name);
            long seconds = options.isSet("seconds") ? seconds(options.get("seconds"), usage) : DrainSeconds.DEFAULT;
            List<String> busy = drain(drives, seconds);
            if (!busy.isEmpty()) {
                throw new CommandFault("still busy after %d s: %s; the limits apply again"
                        .formatted(seconds, String.join(", ", busy)));
            }
            return services.isGroup(name)
                    ? services.groupViews(List.of(services.group(name))).get(0)
                    : services.view(drives.get(0));
        }));
    }

    private static long seconds(String text, CommandSyntax usage) {
        long seconds = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
        if (!DrainSeconds.isValid(seconds)) {
            throw usage.fault("--seconds = %s: %s".formatted(text, DrainSeconds.RULE));
        }
        return seconds;
    }

    /** Drains drives at the same time. Returns the names of those that did not get idle. */
    private static List<String> drain(List<DriveControl> drives, long seconds) {
        Map<String, CompletableFuture<Boolean>> drained = new LinkedHashMap<>();
        List<String> busy = new ArrayList<>();
        try {
            for (DriveControl drive : drives) {
                drained.put(drive.name(), drive.drain(TimeUnit.SECONDS.toNanos(seconds)));
            }
            for (Map.Entry<String, CompletableFuture<Boolean>> drive : drained.entrySet()) {
                if (!drive.getValue().get()) {
                    busy.add(drive.getKey());
                }
            }
            return busy;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFault("interrupted; the limits apply again", e);
        } catch (ExecutionException | IllegalStateException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new CommandFault("cannot drain: " + (cause == null ? e : cause).getMessage(), e);
        } finally {
            drained.values().forEach(drain -> drain.cancel(false));
        }
    }

    @Descriptor(POLICY)
    public Object policy(String... words) {
        return Objects.requireNonNull(CommandSyntax.of(POLICY).answerWith(words, options -> {
            List<String> args = options.args();
            String type = args.get(1);
            if (!services.policyTypes().contains(type)) {
                throw Services.absent("policy", type, services.policyTypes().stream());
            }
            if (services.isGroup(args.get(0))) {
                GroupControl group = services.group(args.get(0));
                String before = group.snapshot().policy();
                saver(Kind.GROUP, group.name(), options).accept(Map.of("policy", type));
                group.policy(type);
                Caller.log("changed the policy of group {} from {} to {}", group.name(), before, type);
                return services.groupViews(List.of(group)).get(0);
            }
            DriveControl drive = services.driveOrGroup(args.get(0));
            String before = drive.snapshot().policy();
            saver(Kind.DRIVE, drive.name(), options).accept(Map.of("policy", type));
            drive.policy(type);
            Caller.log("changed the policy of drive {} from {} to {}", drive.name(), before, type);
            return services.view(drive);
        }));
    }

    @Descriptor(REOPEN)
    public Object reopen(String... words) {
        return CommandSyntax.of(REOPEN).answer(words, args -> {
            DriveControl drive = services.drive(args.get(0));
            await(drive.reopen().toCompletableFuture());
            DriveSnapshot after = drive.snapshot();
            if (after.state() == DriveSnapshot.State.UNAVAILABLE) {
                throw new CommandFault("drive %s is unavailable: %s".formatted(drive.name(), after.reason()));
            }
            return services.view(drive);
        });
    }

    private static void await(CompletableFuture<?> opened) {
        try {
            opened.get(OPEN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // the drive's state reports the error or the delay
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Descriptor(RELOAD)
    public @Nullable Object reload(String... words) {
        AtomicBoolean isHealthy = new AtomicBoolean(true);
        Object answer = Objects.requireNonNull(CommandSyntax.of(RELOAD).answerWith(words, options -> {
            ReloadView view = reloaded(options.isSet("restore"));
            isHealthy.set(view.isHealthy());
            return view;
        }));
        return isHealthy.get() ? answer : unhealthy(answer);
    }

    private ReloadView reloaded(boolean restores) {
        try {
            return new Reload(services, line -> Caller.log("{}", line)).run(restores);
        } catch (RefusedReloadException e) {
            throw new CommandFault(e.getMessage() + ":\n" + String.join("\n", e.faults()), e);
        } catch (RefusedChangeException e) {
            throw DefinitionWords.fault(e);
        } catch (IllegalStateException e) {
            throw new CommandFault(String.valueOf(e.getMessage()), e);
        }
    }

    /** Prints an answer and sets the exit status. Gogo drops the value of a command with a status. */
    private static @Nullable Object unhealthy(Object answer) {
        Process process = Process.Utils.current();
        Job job = Job.Utils.current();
        if (process == null || job == null) {
            return answer;
        }
        process.out().println(job.session().format(answer, Converter.INSPECT));
        process.error(UNHEALTHY);
        return null;
    }
}
