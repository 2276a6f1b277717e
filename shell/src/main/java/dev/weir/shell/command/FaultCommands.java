package dev.weir.shell.command;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.Unflushed;
import dev.weir.shell.session.Caller;
import dev.weir.shell.syntax.CommandSyntax;
import dev.weir.view.FaultView;
import dev.weir.view.Listing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands that list and change the faults of drives. They return {@link FaultView}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = FaultCommands.class,
        property = {"osgi.command.scope=weir", "osgi.command.function=faults", "osgi.command.function=fault"})
public final class FaultCommands {
    private static final String FAULTS =
            """
            lists the faults on purpose: state, requests hit and held, settings, seed

            Usage: faults [NAME] [--json]

            Without a name it lists all drives. The last lines tell what a power cut can lose.

            """
                    + CommandSyntax.OPTIONS;

    private static final String FAULT =
            """
            sets or clears a fault of a drive: latency, errors, hangs, corrupted reads

            Usage: fault NAME [FAULT] [KEY=VALUE...] [--clear] [--save] [--json]

            on=flush,write                  operations: read, write, flush, trim, write-zeroes, cache, block-status
            latency=2ms                     or latency.p50=2ms latency.p99=400ms, latency.min and .max,
                                            latency.mean and .stddev, latency.median and .sigma
            error=EIO                       EPERM, EIO, EINVAL, ENOSPC, ENOMEM, ENOTSUP or ESHUTDOWN
            hang=5s                         or hang=until-cleared
            corrupt=1                       flipped bits in each bad sector; sticky=false for others at each read
            percent=0.1 or nth=100          the part of the requests, or only the Nth
            range=1MiB+4KiB                 requests that touch it; until=written if a write repairs it
            when=after                      after the backend has acted
            for=30s, schedule=10s+5s        the time that it lasts, or windows; every=60s repeats them
            seed=42                         the same seed hits the same requests

            A fault has one of latency, error, hang and corrupt. It replaces the fault of its name.
            "fault vm1 power-cut=on" keeps the unflushed writes, so that "power-cut vm1" can lose them.
            A change lasts until "reload --restore", a restart, or a new value of the fault in the file.

                 --clear   clears the fault, or all faults of the drive without a FAULT
                 --save    keeps the change in weir.d in the home
            """
                    + CommandSyntax.OPTIONS;

    private final Services services;

    /** Creates the commands for the drives of {@code services}. */
    @Activate
    public FaultCommands(@Reference Services services) {
        this.services = services;
    }

    @Descriptor(FAULTS)
    public Object faults(String... words) {
        return CommandSyntax.of(FAULTS)
                .answer(words, args -> args.isEmpty() ? list(services.drives()) : list(services.drivesOf(args.get(0))));
    }

    private static Listing<FaultView> list(List<DriveControl> drives) {
        List<FaultView> faults = new ArrayList<>();
        Map<String, Unflushed> records = new LinkedHashMap<>();
        for (DriveControl drive : drives) {
            drive.faults().list().forEach(fault -> faults.add(FaultView.of(drive.name(), fault)));
            Unflushed record = drive.faults().unflushed();
            if (record != null) {
                records.put(drive.name(), record);
            }
        }
        return FaultView.list(faults, records);
    }

    @Descriptor(FAULT)
    public Object fault(String... words) {
        CommandSyntax usage = CommandSyntax.of(FAULT);
        return Objects.requireNonNull(usage.answerWith(words, options -> {
            List<String> args = options.args();
            DriveControl drive = services.drive(args.get(0));
            List<String> settings = args.subList(Math.min(2, args.size()), args.size());
            String fault = args.size() > 1 ? args.get(1) : "";
            Consumer<Map<String, @Nullable Object>> save = options.isSet("save")
                    ? saved -> new DefinitionWords(services).save(Kind.DRIVE, drive.name(), saved)
                    : saved -> {};
            if (options.isSet("clear")) {
                clear(drive, fault, settings, usage, save);
            } else if (fault.startsWith(FaultSettings.POWER_CUT + "=") && settings.isEmpty()) {
                record(drive, fault, usage, save);
            } else if (fault.contains("=")) {
                throw usage.fault("FAULT is missing before " + fault);
            } else if (!settings.isEmpty()) {
                Fault set = Fault.of(fault, FaultSettings.settings(settings));
                save.accept(saved(set));
                drive.faults().set(set);
                Caller.log("set fault {} of drive {}: {}", fault, drive.name(), String.join(" ", settings));
            } else if (!fault.isEmpty() && drive.faults().settings().find(fault) == null) {
                throw usage.fault("KEY=VALUE is missing, and drive " + drive.name() + " has no fault " + fault);
            }
            return list(List.of(drive));
        }));
    }

    /** Returns the settings of a fault by path. It replaces the fault of its name. */
    private static Map<String, @Nullable Object> saved(Fault fault) {
        Map<String, @Nullable Object> saved = new LinkedHashMap<>();
        saved.put(path(fault.name()), null);
        fault.settings().forEach((key, value) -> saved.put(path(fault.name()) + "." + key, value));
        return saved;
    }

    private static String path(String fault) {
        return "faults.\"" + fault + "\"";
    }

    private static Map<String, @Nullable Object> absent(String path) {
        Map<String, @Nullable Object> absent = new LinkedHashMap<>();
        absent.put(path, null);
        return absent;
    }

    private static void clear(
            DriveControl drive,
            String fault,
            List<String> settings,
            CommandSyntax usage,
            Consumer<Map<String, @Nullable Object>> save) {
        if (!settings.isEmpty()) {
            throw usage.fault("--clear takes no KEY=VALUE");
        }
        if (fault.isEmpty()) {
            save.accept(absent("faults"));
            switchOff(names(drive), save);
            drive.faults().clear();
            Caller.log("cleared all faults of drive {}", drive.name());
            return;
        }
        boolean isSet = names(drive).contains(fault);
        if (isSet) {
            save.accept(absent(path(fault)));
            switchOff(names(drive).stream().filter(fault::equals).toList(), save);
        }
        if (!isSet || names(drive).contains(fault)) {
            drive.faults().clear(fault);
        }
        Caller.log("cleared fault {} of drive {}", fault, drive.name());
    }

    /** Saves that faults are off that stand without their saved settings. The profile of the drive has them. */
    private static void switchOff(List<String> faults, Consumer<Map<String, @Nullable Object>> save) {
        if (!faults.isEmpty()) {
            Map<String, @Nullable Object> off = new LinkedHashMap<>();
            faults.forEach(fault -> off.put(path(fault), "off"));
            save.accept(off);
        }
    }

    private static List<String> names(DriveControl drive) {
        return drive.faults().settings().faults().stream().map(Fault::name).toList();
    }

    private static void record(
            DriveControl drive, String setting, CommandSyntax usage, Consumer<Map<String, @Nullable Object>> save) {
        String value = setting.substring(FaultSettings.POWER_CUT.length() + 1);
        if (!List.of("on", "off").contains(value)) {
            throw usage.fault(setting + ": must be on or off");
        }
        save.accept(Map.of("faults." + FaultSettings.POWER_CUT, value));
        drive.faults().recordUnflushed(value.equals("on"));
        Caller.log("set power-cut = {} of drive {}", value, drive.name());
    }
}
