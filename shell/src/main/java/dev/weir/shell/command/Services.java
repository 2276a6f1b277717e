package dev.weir.shell.command;

import dev.weir.access.ControlAccess;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.clock.Clock;
import dev.weir.cluster.ClusterControl;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.log.PlainText;
import dev.weir.shell.syntax.CommandFault;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.view.DriveView;
import dev.weir.view.GroupView;
import dev.weir.view.LimitsView;
import dev.weir.view.reload.ReloadSources;
import dev.weir.view.source.DriveOrder;
import dev.weir.view.source.ServiceLines;
import dev.weir.view.source.Views;
import dev.weir.view.system.StatusView;
import dev.weir.view.text.KnownNames;
import dev.weir.view.text.Rates;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
 * The services that commands use: drives, groups, exports, configuration, policy types and backend types. Any of them
 * may come and go while commands run.
 *
 * <p>Thread-safe: Declarative Services replaces whole lists.
 */
@Component(service = Services.class, immediate = true)
public final class Services implements ReloadSources {

    /** A concurrent set, because with up to ten thousand drives copying a list on each change is too slow. */
    private final Set<DriveControl> drives = ConcurrentHashMap.newKeySet();

    private final Views views = new Views(this);

    /** Times the snapshots for rates. Without it (during an update of the engine) no rates are shown. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable Clock clock;

    /** The open drives by name. */
    private final Map<String, Drive> open = new ConcurrentHashMap<>();

    @Reference
    volatile List<GroupControl> groups = List.of();

    @Reference
    volatile List<Map.Entry<Map<String, Object>, DriveExport>> exports = List.of();

    /** Tokens of the HTTP API; null while it is off. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ControlAccess access;

    /** The cluster; null while it is off. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ClusterControl cluster;

    @Reference
    volatile List<ThrottlePolicyFactory> policies = List.of();

    @Reference
    volatile List<BlockBackendFactory> backends = List.of();

    @Reference
    volatile List<BlockDeviceFactory> devices = List.of();

    @Reference
    volatile List<BlockFilterFactory> filters = List.of();

    /** The launcher's lists of unusable jars. */
    @Reference(target = "(weir.lines=deploy-faults)")
    volatile List<Supplier<List<String>>> deployFaults = List.of();

    /** Errors of other parts, for example of the metrics endpoint. */
    @Reference(target = "(weir.lines=faults)")
    volatile List<Supplier<List<String>>> otherFaults = List.of();

    /** Warnings of other parts, for example of the HTTP API. */
    @Reference(target = "(weir.lines=warnings)")
    volatile List<Supplier<List<String>>> otherWarnings = List.of();

    /** The launcher's lists of running jars. */
    @Reference(target = "(weir.lines=deployed)")
    volatile List<Supplier<List<String>>> deployed = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Map.@Nullable Entry<Map<String, Object>, ConfigurationSource> configuration;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable Definitions definitions;

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

    /** Returns all drives in the order of the configuration. Unconfigured drives follow by name. */
    @Override
    public List<DriveControl> drives() {
        return DriveOrder.of(drives, configurationProperty(ConfigurationSource.DRIVES));
    }

    @Override
    public List<DriveExport> exports() {
        return exports.stream().map(Map.Entry::getValue).toList();
    }

    @Override
    public @Nullable ConfigurationSource source() {
        Map.Entry<?, ConfigurationSource> current = configuration;
        return current == null ? null : current.getValue();
    }

    @Override
    public @Nullable Clock time() {
        return clock;
    }

    @Override
    public List<GroupControl> groups() {
        return groups.stream().sorted(Comparator.comparing(GroupControl::name)).toList();
    }

    /**
     * Returns a drive by name.
     *
     * @throws CommandFault if the name is unknown
     */
    DriveControl drive(String name) {
        return drives.stream()
                .filter(drive -> drive.name().equals(name))
                .findFirst()
                .orElseThrow(() -> isGroup(name)
                        ? new CommandFault("%s is a group; this needs a drive".formatted(name))
                        : absent("drive", name, drives().stream().map(DriveControl::name)));
    }

    /**
     * Returns the drive of this name, or the drives of the group of this name.
     *
     * @throws CommandFault if the name is unknown
     */
    List<DriveControl> drivesOf(String name) {
        return isGroup(name)
                ? drives().stream()
                        .filter(drive -> name.equals(drive.snapshot().group()))
                        .toList()
                : List.of(driveOrGroup(name));
    }

    /**
     * Returns a drive by name, for commands that also take a group.
     *
     * @throws CommandFault if neither a drive nor a group has the name
     */
    DriveControl driveOrGroup(String name) {
        Stream<String> names = Stream.concat(
                drives().stream().map(DriveControl::name), groups().stream().map(GroupControl::name));
        return drives.stream()
                .filter(drive -> drive.name().equals(name))
                .findFirst()
                .orElseThrow(() -> absent("drive or group", name, names));
    }

    /**
     * Returns a group by name.
     *
     * @throws CommandFault if the name is unknown
     */
    GroupControl group(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> absent("group", name, groups().stream().map(GroupControl::name)));
    }

    /** Returns whether a group has this name and no drive has it. */
    boolean isGroup(String name) {
        return drives.stream().noneMatch(drive -> drive.name().equals(name))
                && groups.stream().anyMatch(group -> group.name().equals(name));
    }

    /** Returns views of groups with their current state, drives and rates. */
    List<GroupView> groupViews(Collection<GroupControl> of) {
        return views.groups(of);
    }

    /**
     * Returns the open drive, to which requests are submitted.
     *
     * @throws CommandFault if the drive is unavailable
     */
    Drive openDrive(DriveControl drive) {
        Drive found = open.get(drive.name());
        if (found == null) {
            throw new CommandFault("drive %s is unavailable: %s"
                    .formatted(drive.name(), drive.snapshot().reason()));
        }
        return found;
    }

    /** Returns the number of clients of a drive. */
    int clients(String drive) {
        return exports.stream()
                .mapToInt(export -> export.getValue().clients(drive))
                .sum();
    }

    /** Returns an error for an unknown name. It lists all known names, or the similar ones if many are known. */
    static CommandFault absent(String kind, String name, Stream<String> names) {
        List<String> commands =
                switch (kind) {
                    case "policy" -> List.of("policies");
                    case "drive or group" -> List.of("drives", "groups");
                    case "limit" -> List.of("limits --help");
                    default -> List.of(kind + "s");
                };
        return new CommandFault("no %s \"%s\"; %s"
                .formatted(kind, PlainText.of(name), KnownNames.hint(name, names.toList(), commands)));
    }

    /** Returns the distinct policy types by name. */
    public List<String> policyTypes() {
        return policies.stream()
                .map(ThrottlePolicyFactory::type)
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns views of drives with their current state. */
    List<DriveView> driveViews(List<DriveControl> of) {
        return views.drives(of);
    }

    /** Returns a view of a drive with its current state. */
    DriveView view(DriveControl drive) {
        return views.drive(drive);
    }

    /** Returns recent rates by drive; empty without a clock. May block. */
    Map<String, Rates> rates(List<DriveControl> of) {
        return views.rates(of);
    }

    /** Returns the current limits of a group. */
    LimitsView limits(GroupControl group) {
        return views.limits(group);
    }

    /** Returns the current limits of a drive. */
    LimitsView limits(DriveControl drive) {
        return views.limits(drive);
    }

    /**
     * Returns the errors of the configuration, the exports, the jars in {@code deploy/} and the threads, one line
     * each.
     */
    List<String> faults() {
        return Stream.of(
                        configurationProperty(ConfigurationSource.FAULTS).stream(),
                        exportFaults().stream(),
                        ServiceLines.of(deployFaults),
                        Supervision.failures().stream().map("unhealthy: "::concat))
                .flatMap(lines -> lines)
                .toList();
    }

    @Override
    public List<String> exportFaults() {
        return Stream.concat(ServiceLines.ofProperties(exports, DriveExport.FAULTS), ServiceLines.of(otherFaults))
                .toList();
    }

    @Override
    public List<String> exportWarnings() {
        return Stream.concat(ServiceLines.ofProperties(exports, DriveExport.WARNINGS), ServiceLines.of(otherWarnings))
                .toList();
    }

    /** Returns the unusable jars in {@code deploy/}. */
    List<String> unusableJars() {
        return ServiceLines.of(deployFaults)
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    /** Returns one line for each running jar in {@code deploy/}. */
    List<String> deployed() {
        return ServiceLines.of(deployed).toList();
    }

    /** Returns the current status of this Weir. */
    public StatusView status(String version, String home) {
        List<String> configured = configuration == null ? null : configurationProperty(ConfigurationSource.DRIVES);
        return StatusView.of(
                version, home, drives(), configured, unusableJars(), deployed(), faults(), exportWarnings());
    }

    @Override
    public @Nullable Definitions definitions() {
        return definitions;
    }

    @Override
    public Map<String, Object> configurationProperties() {
        Map.Entry<Map<String, Object>, ConfigurationSource> current = configuration;
        return current == null ? Map.of() : current.getKey();
    }

    /** Returns the strings of a property of the configuration service; empty before the configuration is read. */
    List<String> configurationProperty(String key) {
        return ServiceLines.ofProperty(configurationProperties(), key);
    }
}
