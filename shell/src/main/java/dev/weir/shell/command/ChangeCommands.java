package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.log.PlainText;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.LimitsView;
import dev.weir.shell.view.ReloadView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
            "osgi.command.function=reload"
        })
public final class ChangeCommands {
    private static final String LIMITS =
            """
            shows or changes the limits of a drive or a group, also for what is queued

            Usage: limits NAME [KEY=VALUE...] [--json]

            bps, bps_rd, bps_wr       bytes a second: all, reads, writes; 512, 10M, 10MiB, 10MB
            iops, iops_rd, iops_wr    requests a second
            KEY_max                   the rate while bursting, KEY_max_length for how long: 30s
            iops_size                 the size from which a request counts as several

            0 takes a limit away, and its burst with it; one that comes back has the burst of the
            configuration. What is owed stays owed, but never longer than it takes at the new rate. The
            change lasts until the configuration of the drive or group changes or is read again.

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

            The command "policies" lists the types. The change lasts until the drive's configuration
            changes or is read again.

            """
                    + CommandSyntax.OPTIONS;

    private static final String RELOAD =
            """
            reads the configuration again and applies what has changed

            Usage: reload [--json]

            If there is any fault, all of them are shown and nothing is changed.

            """
                    + CommandSyntax.OPTIONS;

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
            drive.policy(type);
            return whiteboard.view(drive);
        });
    }

    @Descriptor(RELOAD)
    public Object reload(String... words) {
        return CommandSyntax.of(RELOAD).answer(words, args -> {
            Map.Entry<?, ConfigurationSource> configuration = whiteboard.configuration;
            if (configuration == null) {
                throw new CommandFault("nothing to reload: the configuration has not been read yet");
            }
            List<String> faults = configuration.getValue().reload();
            if (!faults.isEmpty()) {
                throw new CommandFault("nothing was changed:\n"
                        + faults.stream().map(PlainText::of).collect(Collectors.joining("\n")));
            }
            return new ReloadView(
                    whiteboard.configurationProperty(ConfigurationSource.DRIVES),
                    whiteboard.configurationProperty(ConfigurationSource.WARNINGS));
        });
    }
}
