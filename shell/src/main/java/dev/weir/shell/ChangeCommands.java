package dev.weir.shell;

import dev.weir.drive.DriveConfiguration;
import dev.weir.drive.DriveControl;
import dev.weir.shell.text.LimitValues;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
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
            change lasts until the drive's configuration changes.

            """
                    + Usage.OPTIONS;

    private static final String POLICY =
            """
            changes the policy that keeps a drive's limits; what is owed stays owed

            Usage: policy NAME TYPE [--json]

            The command "policies" lists the types. The change lasts until the drive's configuration
            changes.

            """
                    + Usage.OPTIONS;

    private static final String RELOAD =
            """
            reads the configuration again and applies what has changed

            Usage: reload [--json]

            If there is any fault, all of them are shown and nothing is changed.

            """
                    + Usage.OPTIONS;

    private final Whiteboard whiteboard;

    /** Changes what is on this whiteboard. */
    @Activate
    public ChangeCommands(@Reference Whiteboard whiteboard) {
        this.whiteboard = whiteboard;
    }

    @Descriptor(LIMITS)
    public Object limits(String... words) {
        Usage usage = Usage.of(LIMITS);
        return usage.answer(words, args -> {
            DriveControl drive = whiteboard.drive(args.get(0));
            if (args.size() > 1) {
                Map<String, Long> settings = settings(usage, args.subList(1, args.size()));
                Map<String, Long> values = changed(drive.snapshot().limits().toMap(), settings);
                drive.limits(checked(values));
            }
            return LimitsView.of(drive.snapshot());
        });
    }

    private static Map<String, Long> settings(Usage usage, List<String> words) {
        Map<String, Long> settings = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw usage.fault("\"" + word + "\" is not KEY=VALUE");
            }
            String key = word.substring(0, equals);
            if (!ThrottleLimits.keys().contains(key)) {
                throw Whiteboard.absent("limit", key, ThrottleLimits.keys().stream());
            }
            if (settings.put(key, LimitValues.parse(key, word.substring(equals + 1))) != null) {
                throw usage.fault(key + " is set twice");
            }
        }
        return settings;
    }

    /** With a limit goes its burst; so what is taken away goes first, and the order of the words does not matter. */
    private static Map<String, Long> changed(Map<String, Long> values, Map<String, Long> settings) {
        Map<String, Long> changed = new LinkedHashMap<>(values);
        settings.forEach((key, value) -> {
            if (value == 0) {
                changed.keySet().removeIf(other -> other.equals(key) || other.startsWith(key + "_max"));
            }
        });
        settings.forEach((key, value) -> {
            if (value != 0) {
                changed.put(key, value);
            }
        });
        return changed;
    }

    private static ThrottleLimits checked(Map<String, Long> values) {
        List<LimitFault> faults = ThrottleLimits.faults(values);
        if (!faults.isEmpty()) {
            throw new CommandFault(faults.stream().map(LimitFault::toString).collect(Collectors.joining("; ")));
        }
        return ThrottleLimits.of(values);
    }

    @Descriptor(POLICY)
    public Object policy(String... words) {
        return Usage.of(POLICY).answer(words, args -> {
            DriveControl drive = whiteboard.drive(args.get(0));
            String type = args.get(1);
            if (!whiteboard.policyTypes().contains(type)) {
                throw Whiteboard.absent("policy", type, whiteboard.policyTypes().stream());
            }
            drive.policy(type);
            return whiteboard.view(drive);
        });
    }

    @Descriptor(RELOAD)
    public Object reload(String... words) {
        return Usage.of(RELOAD).answer(words, args -> {
            Map.Entry<?, DriveConfiguration> configuration = whiteboard.configuration;
            if (configuration == null) {
                throw new CommandFault("nothing to reload: the configuration has not been read yet");
            }
            List<String> faults = configuration.getValue().reload();
            if (!faults.isEmpty()) {
                throw new CommandFault("nothing was changed:\n" + String.join("\n", faults));
            }
            return new ReloadView(
                    whiteboard.configurationProperty(DriveConfiguration.DRIVES),
                    whiteboard.configurationProperty(DriveConfiguration.WARNINGS));
        });
    }
}
