package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.log.PlainText;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.LimitsView;
import dev.weir.shell.view.ReloadView;
import java.util.List;
import java.util.Map;
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
            "osgi.command.function=policy",
            "osgi.command.function=reload"
        })
public final class ChangeCommands {
    private static final String LIMITS =
            """
            shows or changes a drive's limits, also for what is queued

            Usage: limits NAME [KEY=VALUE...] [--json]

            bps, bps_rd, bps_wr       bytes a second: all, reads, writes; 512, 10M, 10MiB, 10MB
            iops, iops_rd, iops_wr    requests a second
            KEY_max                   the rate while bursting, KEY_max_length for how long: 30s
            iops_size                 the size from which a request counts as several

            0 takes a limit away, and its burst with it. What is owed stays owed, as time. The
            change lasts until the drive's configuration changes or is read again.

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
            DriveControl drive = whiteboard.drive(args.get(0));
            if (args.size() > 1) {
                LimitChange.apply(drive, args.subList(1, args.size()), usage::fault);
            }
            return whiteboard.limits(drive);
        });
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
