package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.log.PlainText;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.LimitsView;
import dev.weir.shell.view.ReloadView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that change drives. What they return, the state after the change, is described at {@link LimitsView},
 * {@link DriveView} and {@link ReloadView}.
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
            shows or changes the limits of a drive or a group, also for what is queued

            Usage: limits NAME [KEY=VALUE...] [--json]

            bps, bps_rd, bps_wr       bytes a second: all, reads, writes; 512, 10M, 10MiB, 10MB
            iops, iops_rd, iops_wr    requests a second; 500, 5k, 1M
            KEY_max                   the rate while bursting, KEY_max_length for how long: 30s
            iops_size                 the size from which a request counts as several

            0 takes a limit away, and its burst with it; one that comes back has the burst of the
            configuration. What is owed stays owed, but never longer than it takes at the new rate. The
            change lasts until "reload --restore", a restart, or another value in the file.

            """
                    + CommandSyntax.OPTIONS;

    private static final String GROUP =
            """
            shows all of a group, or changes the limits that its drives share

            Usage: group GROUP [KEY=VALUE...] [--json]

            Keys and values are those of "limits". The change holds for what is queued too, and lasts
            until the group's configuration changes or is read again.

            """
                    + CommandSyntax.OPTIONS;

    private static final String DRAIN =
            """
            lifts a drive's limits until it is idle, then restores them

            Usage: drain NAME [--seconds=N] [--json]

            The limits of its group are lifted for it too. Of use before a guest is stopped, migrated or
            detached, which wait for all that is queued. What goes meanwhile is charged to no limit.

                 --seconds=N   how long the limits stay lifted at most; default: 60
            """
                    + CommandSyntax.OPTIONS;

    private static final String POLICY =
            """
            changes the policy that keeps a drive's limits; what is owed stays owed

            Usage: policy NAME TYPE [--json]

            The command "policies" lists the types. The change lasts until "reload --restore", a
            restart, or another policy in the file.

            """
                    + CommandSyntax.OPTIONS;

    private static final String REOPEN =
            """
            tries again to open a drive that is unavailable

            Usage: reopen NAME [--json]

            Weir does so by itself, after 1 s, 2 s, 4 s, up to a minute, and at each reload.

            """
                    + CommandSyntax.OPTIONS;

    private static final String RELOAD =
            """
            reads the configuration again and applies what has changed

            Usage: reload [--restore] [--json]

            If there is any fault, all of them are shown and nothing is changed. Drives that are
            unavailable are tried again. What commands have changed stays, but for what has another
            value in the file than before.

                 --restore   takes back what commands have changed
            """
                    + CommandSyntax.OPTIONS;

    /** How long a drive may take to open before the answer is given without it. */
    private static final long OPEN_SECONDS = 5;

    private final Services whiteboard;

    /** Changes what is on this whiteboard. */
    @Activate
    public ChangeCommands(@Reference Services whiteboard) {
        this.whiteboard = whiteboard;
    }

    @Descriptor(LIMITS)
    public Object limits(String... words) {
        CommandSyntax usage = CommandSyntax.of(LIMITS);
        return usage.answer(words, args -> {
            List<String> changes = args.subList(1, args.size());
            if (whiteboard.isGroup(args.get(0))) {
                return whiteboard.limits(changed(args.get(0), changes, usage));
            }
            DriveControl drive = whiteboard.drive(args.get(0));
            if (!changes.isEmpty()) {
                LimitChange.apply(drive, changes, usage::fault);
            }
            return whiteboard.limits(drive);
        });
    }

    private GroupControl changed(String name, List<String> changes, CommandSyntax usage) {
        GroupControl group = whiteboard.group(name);
        if (!changes.isEmpty()) {
            LimitChange.apply(group, changes, usage::fault);
        }
        return group;
    }

    @Descriptor(GROUP)
    public Object group(String... words) {
        CommandSyntax usage = CommandSyntax.of(GROUP);
        return usage.answer(words, args -> whiteboard
                .groupViews(List.of(changed(args.get(0), args.subList(1, args.size()), usage)))
                .get(0));
    }

    @Descriptor(DRAIN)
    public Object drain(String... words) {
        CommandSyntax usage = CommandSyntax.of(DRAIN);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            DriveControl drive = whiteboard.drive(options.args().get(0));
            long seconds = seconds(options.isSet("seconds") ? options.get("seconds") : "60", usage);
            if (!isDrained(drive, seconds)) {
                throw new CommandFault(
                        "drive %s is still busy after %d s; its limits hold again".formatted(drive.name(), seconds));
            }
            return whiteboard.view(drive);
        }));
    }

    private static long seconds(String text, CommandSyntax usage) {
        if (!text.matches("[1-9][0-9]{0,4}")) {
            throw usage.fault("--seconds = %s: must be a number from 1 to 99999".formatted(text));
        }
        return Long.parseLong(text);
    }

    private static boolean isDrained(DriveControl drive, long seconds) {
        CompletableFuture<Boolean> drained = drive.drain(TimeUnit.SECONDS.toNanos(seconds));
        try {
            return drained.get();
        } catch (InterruptedException e) {
            drained.cancel(false);
            Thread.currentThread().interrupt();
            throw new CommandFault("interrupted; the limits of drive " + drive.name() + " hold again", e);
        } catch (ExecutionException e) {
            throw new CommandFault("drive %s cannot be drained: %s".formatted(drive.name(), e.getCause()), e);
        }
    }

    @Descriptor(POLICY)
    public Object policy(String... words) {
        return CommandSyntax.of(POLICY).answer(words, args -> {
            DriveControl drive = whiteboard.drive(args.get(0));
            String type = args.get(1);
            if (!whiteboard.policyTypes().contains(type)) {
                throw Services.absent("policy", type, whiteboard.policyTypes().stream());
            }
            String before = drive.snapshot().policy();
            drive.policy(type);
            Caller.log("changed the policy of drive {} from {} to {}", drive.name(), before, type);
            return whiteboard.view(drive);
        });
    }

    @Descriptor(REOPEN)
    public Object reopen(String... words) {
        return CommandSyntax.of(REOPEN).answer(words, args -> {
            DriveControl drive = whiteboard.drive(args.get(0));
            if (drive.snapshot().state() != DriveSnapshot.State.UNAVAILABLE) {
                throw new CommandFault("drive " + drive.name() + " is open already");
            }
            await(drive.reopen().toCompletableFuture());
            DriveSnapshot after = drive.snapshot();
            if (after.state() == DriveSnapshot.State.UNAVAILABLE) {
                throw new CommandFault("drive %s is unavailable: %s".formatted(drive.name(), after.reason()));
            }
            return whiteboard.view(drive);
        });
    }

    private static void await(CompletableFuture<?> opened) {
        try {
            opened.get(OPEN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // the state of the drive says so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Descriptor(RELOAD)
    public Object reload(String... words) {
        return Objects.requireNonNull(CommandSyntax.of(RELOAD).answerWith(words, options -> {
            Map.Entry<?, ConfigurationSource> configuration = whiteboard.configuration;
            if (configuration == null) {
                throw new CommandFault("nothing to reload: the configuration has not been read yet");
            }
            List<String> faults = configuration.getValue().reload();
            if (!faults.isEmpty()) {
                throw new CommandFault("nothing was changed:\n"
                        + faults.stream().map(PlainText::of).collect(Collectors.joining("\n")));
            }
            if (options.isSet("restore")) {
                whiteboard.drives().stream().filter(ChangeCommands::isChanged).forEach(drive -> {
                    drive.restore();
                    Caller.log("restored policy and limits of drive {}", drive.name());
                });
                whiteboard.groups().stream().filter(ChangeCommands::isChanged).forEach(group -> {
                    group.restore();
                    Caller.log("restored policy and limits of group {}", group.name());
                });
            }
            return reloaded();
        }));
    }

    private static boolean isChanged(DriveControl drive) {
        DriveSnapshot now = drive.snapshot();
        return !now.limits().equals(now.settings().limits())
                || !now.policy().equals(now.settings().policy());
    }

    private static boolean isChanged(GroupControl group) {
        GroupSnapshot now = group.snapshot();
        return !now.limits().equals(now.settings().limits())
                || !now.policy().equals(now.settings().policy());
    }

    /** Describes the drives that are there, which may be others than the configuration asks for. */
    private ReloadView reloaded() {
        List<String> names = whiteboard.configurationProperty(ConfigurationSource.DRIVES);
        List<DriveControl> drives = whiteboard.drives();
        Set<String> there = drives.stream().map(DriveControl::name).collect(Collectors.toSet());
        Map<String, String> unavailable = new LinkedHashMap<>();
        names.stream()
                .filter(name -> !there.contains(name))
                .forEach(name -> unavailable.put(name, "the engine has no such drive"));
        drives.stream()
                .map(DriveControl::snapshot)
                .filter(drive -> drive.state() == DriveSnapshot.State.UNAVAILABLE)
                .forEach(drive -> unavailable.put(drive.settings().name(), drive.reason()));
        return new ReloadView(
                names.stream().filter(there::contains).toList(),
                unavailable,
                Stream.concat(
                                drives.stream()
                                        .filter(ChangeCommands::isChanged)
                                        .map(DriveControl::name),
                                whiteboard.groups().stream()
                                        .filter(ChangeCommands::isChanged)
                                        .map(GroupControl::name))
                        .toList(),
                Stream.concat(
                                whiteboard.configurationProperty(ConfigurationSource.WARNINGS).stream(),
                                whiteboard.exportFaults().stream())
                        .toList());
    }
}
