package dev.weir.shell.command;

import dev.weir.block.BlockBackendFactory;
import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.log.PlainText;
import dev.weir.shell.text.Rates;
import dev.weir.shell.text.Suggestion;
import dev.weir.shell.view.DriveView;
import dev.weir.shell.view.GroupView;
import dev.weir.shell.view.LimitsView;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * What is there at the moment: drives, exports, the configuration, types of policy and of backend. All of
 * it comes and goes while commands run.
 *
 * <p>Thread-safe: Declarative Services replaces whole lists.
 */
@Component(service = Services.class, immediate = true)
public final class Services {

    /** Of these there may be ten thousand, so they are not put into a new list whenever one comes. */
    private final Set<DriveControl> drives = ConcurrentHashMap.newKeySet();

    private static final long LOOK_MILLIS = 200;

    private final RecentRates recent = new RecentRates();

    /** The time between two looks. Without it, while the engine is updated, no rates are known. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable Clock clock;

    /** By name. */
    private final Map<String, Drive> open = new ConcurrentHashMap<>();

    @Reference
    volatile List<GroupControl> groups = List.of();

    @Reference
    volatile List<Map.Entry<Map<String, Object>, DriveExport>> exports = List.of();

    @Reference
    volatile List<ThrottlePolicyFactory> policies = List.of();

    @Reference
    volatile List<BlockBackendFactory> backends = List.of();

    /** Unusable jars, by the launcher. */
    @Reference(target = "(weir.lines=deploy-faults)")
    volatile List<Supplier<List<String>>> deployFaults = List.of();

    /** Running jars, by the launcher. */
    @Reference(target = "(weir.lines=deployed)")
    volatile List<Supplier<List<String>>> deployed = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Map.@Nullable Entry<Map<String, Object>, ConfigurationSource> configuration;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        drives.add(drive);
    }

    void removeDrive(DriveControl drive) {
        drives.remove(drive);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addOpenDrive(Drive drive) {
        open.put(drive.name(), drive);
    }

    void removeOpenDrive(Drive drive) {
        open.remove(drive.name(), drive);
    }

    /** Returns all drives, in the order of the configuration, then by name. */
    List<DriveControl> drives() {
        Map<String, Integer> places = new HashMap<>();
        configurationProperty(ConfigurationSource.DRIVES).forEach(name -> places.put(name, places.size()));
        Comparator<DriveControl> order =
                Comparator.comparingInt(drive -> places.getOrDefault(drive.name(), Integer.MAX_VALUE));
        return drives.stream().sorted(order.thenComparing(DriveControl::name)).toList();
    }

    /** Returns all groups, by name. */
    List<GroupControl> groups() {
        return groups.stream().sorted(Comparator.comparing(GroupControl::name)).toList();
    }

    /**
     * Returns a drive.
     *
     * @throws CommandFault if there is none of that name
     */
    DriveControl drive(String name) {
        return drives.stream()
                .filter(drive -> drive.name().equals(name))
                .findFirst()
                .orElseThrow(() -> absent("drive", name, drives().stream().map(DriveControl::name)));
    }

    /**
     * Returns a group.
     *
     * @throws CommandFault if there is none of that name
     */
    GroupControl group(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> absent("group", name, groups().stream().map(GroupControl::name)));
    }

    /** Returns whether a name is a group's and no drive's. */
    boolean isGroup(String name) {
        return drives.stream().noneMatch(drive -> drive.name().equals(name))
                && groups.stream().anyMatch(group -> group.name().equals(name));
    }

    /** Returns some groups with their drives, at this moment. */
    List<GroupView> groupViews(Collection<GroupControl> of) {
        List<DriveSnapshot> all = drives().stream().map(DriveControl::snapshot).toList();
        return of.stream()
                .map(GroupControl::snapshot)
                .map(group -> GroupView.of(
                        group,
                        origins(GroupSettings.pid(group.name())),
                        all.stream()
                                .filter(drive -> group.name().equals(drive.group()))
                                .map(DriveSnapshot::name)
                                .toList()))
                .toList();
    }

    /**
     * Returns what requests to a drive are submitted to.
     *
     * @throws CommandFault if it cannot be used
     */
    Drive openDrive(DriveControl drive) {
        Drive found = open.get(drive.name());
        if (found == null) {
            throw new CommandFault("drive %s is unavailable: %s"
                    .formatted(drive.name(), drive.snapshot().reason()));
        }
        return found;
    }

    /** Returns how many clients use a drive. */
    int clients(String drive) {
        return exports.stream()
                .mapToInt(export -> export.getValue().clients(drive))
                .sum();
    }

    /** Returns the fault that a name is unknown. It names those that are known, or of many the most similar. */
    static CommandFault absent(String kind, String name, Stream<String> names) {
        String command = kind.equals("policy") ? "policies" : kind + "s";
        return new CommandFault(
                "no %s \"%s\"; %s".formatted(kind, PlainText.of(name), Suggestion.of(name, names.toList(), command)));
    }

    /** Returns the types of policy, each once, by name. */
    List<String> policyTypes() {
        return policies.stream()
                .map(ThrottlePolicyFactory::type)
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns all of some drives, at this moment. */
    List<DriveView> driveViews(List<DriveControl> of) {
        Map<String, Rates> rates = rates(of);
        return of.stream()
                .map(drive -> view(drive, rates.getOrDefault(drive.name(), Rates.NONE)))
                .toList();
    }

    /** Returns all of a drive, at this moment. */
    DriveView view(DriveControl drive) {
        return driveViews(List.of(drive)).get(0);
    }

    /**
     * Returns what drives have done in the last moments, by name. Takes {@value #LOOK_MILLIS} ms if one of them is in use and
     * no command has looked at it in the last seconds.
     */
    Map<String, Rates> rates(List<DriveControl> of) {
        Clock time = clock;
        Map<String, Rates> rates = new HashMap<>();
        if (time == null) {
            return rates;
        }
        Map<DriveControl, DriveSnapshot> unknown = new LinkedHashMap<>();
        long from = time.nanoTime();
        for (DriveControl drive : of) {
            DriveSnapshot snapshot = drive.snapshot();
            Rates known = recent.since(snapshot, time.nanoTime());
            if (known != null) {
                rates.put(drive.name(), known);
            } else if (snapshot.counters().reads() + snapshot.counters().writes() > 0) {
                unknown.put(drive, snapshot);
            }
        }
        recent.retain(drives);
        if (!unknown.isEmpty()) {
            pause();
            long to = time.nanoTime();
            unknown.forEach((drive, before) ->
                    rates.put(drive.name(), RecentRates.between(before, from, drive.snapshot(), to)));
        }
        return rates;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFault("interrupted", e);
        }
    }

    private DriveView view(DriveControl drive, Rates rates) {
        return DriveView.of(
                drive.snapshot(),
                rates,
                drive.latencies(),
                origins(DriveSettings.pid(drive.name())),
                exports.stream().map(export -> export.getValue().bounds()).toList(),
                uris(drive.name()));
    }

    /** Returns the limits of a group, at this moment. */
    LimitsView limits(GroupControl group) {
        return LimitsView.of(group.snapshot(), origins(GroupSettings.pid(group.name())));
    }

    /** Returns the limits of a drive, at this moment. */
    LimitsView limits(DriveControl drive) {
        return LimitsView.of(drive.snapshot(), origins(DriveSettings.pid(drive.name())));
    }

    /** Returns where the settings of a drive or group were written, by key; nothing if nobody knows. */
    Map<String, String> origins(String pid) {
        Map.Entry<?, ConfigurationSource> current = configuration;
        return current == null ? Map.of() : current.getValue().origins(pid);
    }

    /** Returns the URIs at which clients reach a drive. */
    List<String> uris(String drive) {
        return exports.stream()
                .flatMap(export -> export.getValue().uris(drive).stream())
                .toList();
    }

    /** Returns a line for each fault of the configuration, the exports, the jars in {@code deploy/} and the threads. */
    public List<String> faults() {
        return Stream.of(
                        configurationProperty(ConfigurationSource.FAULTS).stream(),
                        exportFaults().stream(),
                        deployFaults.stream().flatMap(lines -> lines.get().stream()),
                        Supervision.failures().stream().map("unhealthy: "::concat))
                .flatMap(lines -> lines)
                .toList();
    }

    /** Returns the faults of the exports: addresses and TLS files that cannot be used. */
    List<String> exportFaults() {
        return exports.stream()
                .flatMap(e -> strings(e.getKey(), DriveExport.FAULTS).stream())
                .toList();
    }

    /** Returns the jars in {@code deploy/} that cannot be used. */
    List<String> unusableJars() {
        return deployFaults.stream()
                .flatMap(lines -> lines.get().stream())
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    /** Returns a line for each jar in {@code deploy/} that runs. */
    public List<String> deployed() {
        return deployed.stream().flatMap(lines -> lines.get().stream()).toList();
    }

    /** Returns the value of a property that holds strings; nothing if there is no configuration yet. */
    List<String> configurationProperty(String key) {
        Map.Entry<Map<String, Object>, ConfigurationSource> current = configuration;
        return current == null ? List.of() : strings(current.getKey(), key);
    }

    private static List<String> strings(Map<String, Object> properties, String key) {
        return properties.get(key) instanceof String[] lines
                ? Arrays.stream(lines).filter(Objects::nonNull).toList()
                : List.of();
    }
}
