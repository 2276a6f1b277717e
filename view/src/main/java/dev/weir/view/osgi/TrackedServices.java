package dev.weir.view.osgi;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.clock.Clock;
import dev.weir.cluster.ClusterControl;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.view.reload.ReloadSources;
import dev.weir.view.source.DriveOrder;
import dev.weir.view.source.ServiceLines;
import dev.weir.view.system.StatusView;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The services of a running Weir: drives, groups, exports, configuration and types. Any of them may come and go. The
 * component of each bundle that shows them is a subclass and inherits the references. The fields are public because
 * Declarative Services sets them.
 *
 * <p>Thread-safe: Declarative Services replaces whole lists.
 */
public abstract class TrackedServices implements ReloadSources {

    /** A concurrent map, because with up to ten thousand drives copying a list on each change is too slow. */
    private final Map<String, DriveControl> drives = new ConcurrentHashMap<>();

    @Reference
    public volatile List<GroupControl> groups = List.of();

    @Reference
    public volatile List<Map.Entry<Map<String, Object>, DriveExport>> exports = List.of();

    @Reference
    public volatile List<ThrottlePolicyFactory> policies = List.of();

    @Reference
    public volatile List<BlockBackendFactory> backends = List.of();

    @Reference
    public volatile List<BlockDeviceFactory> devices = List.of();

    @Reference
    public volatile List<BlockFilterFactory> filters = List.of();

    /** The launcher's lists of unusable jars. */
    @Reference(target = "(weir.lines=deploy-faults)")
    public volatile List<Supplier<List<String>>> deployFaults = List.of();

    /** The launcher's lists of running jars. */
    @Reference(target = "(weir.lines=deployed)")
    public volatile List<Supplier<List<String>>> deployed = List.of();

    /** Warnings of other parts, for example of the HTTP API. */
    @Reference(target = "(weir.lines=warnings)")
    public volatile List<Supplier<List<String>>> otherWarnings = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public volatile Map.@Nullable Entry<Map<String, Object>, ConfigurationSource> configuration;

    /** Times the snapshots for rates. Without it (during an update of the engine) no rates are shown. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public volatile @Nullable Clock clock;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public volatile @Nullable Definitions definitions;

    /** The cluster; null while it is off. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public volatile @Nullable ClusterControl cluster;

    /** Adds a drive that was published. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    public void addDrive(DriveControl drive) {
        drives.put(drive.name(), drive);
    }

    /** Removes a drive that goes, unless another one has its name now. */
    public void removeDrive(DriveControl drive) {
        drives.remove(drive.name(), drive);
    }

    /** Returns the errors of other parts, for example of the metrics endpoint. */
    protected abstract Stream<String> otherFaults();

    /** Returns a drive by name; null if it is unknown. */
    protected final @Nullable DriveControl findDrive(String name) {
        return drives.get(name);
    }

    @Override
    public List<DriveControl> drives() {
        return DriveOrder.of(drives.values(), configurationProperty(ConfigurationSource.DRIVES));
    }

    @Override
    public List<GroupControl> groups() {
        return groups.stream().sorted(Comparator.comparing(GroupControl::name)).toList();
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
    public @Nullable Definitions definitions() {
        return definitions;
    }

    @Override
    public Map<String, Object> configurationProperties() {
        Map.Entry<Map<String, Object>, ConfigurationSource> current = configuration;
        return current == null ? Map.of() : current.getKey();
    }

    /** Returns the strings of a property of the configuration service; empty before the configuration is read. */
    private List<String> configurationProperty(String key) {
        return ServiceLines.ofProperty(configurationProperties(), key);
    }

    @Override
    public List<String> exportFaults() {
        return Stream.concat(ServiceLines.ofProperties(exports, DriveExport.FAULTS), otherFaults())
                .toList();
    }

    @Override
    public List<String> exportWarnings() {
        return Stream.concat(ServiceLines.ofProperties(exports, DriveExport.WARNINGS), ServiceLines.of(otherWarnings))
                .toList();
    }

    /** Returns the distinct policy types by name. */
    public List<String> policyTypes() {
        return policies.stream()
                .map(ThrottlePolicyFactory::type)
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns the installed backend types. */
    public List<BlockFactory> backends() {
        return Stream.<BlockFactory>concat(backends.stream(), devices.stream()).toList();
    }

    /** Returns the installed filter types. */
    public List<BlockFilterFactory> filters() {
        return filters;
    }

    /**
     * Returns the errors of the configuration, the exports, the jars in {@code deploy/} and the threads, one line
     * each.
     */
    public final List<String> faults() {
        return Stream.of(
                        configurationProperty(ConfigurationSource.FAULTS).stream(),
                        exportFaults().stream(),
                        ServiceLines.of(deployFaults),
                        Supervision.failures().stream().map("unhealthy: "::concat))
                .flatMap(lines -> lines)
                .toList();
    }

    /** Returns the unusable jars in {@code deploy/}. */
    private List<String> unusableJars() {
        return ServiceLines.of(deployFaults)
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    /**
     * Returns the current status of this Weir.
     *
     * @param version the version of Weir
     * @param home the folder of its state; empty if it has none
     */
    public final StatusView status(String version, String home) {
        return StatusView.of(
                version,
                home,
                drives(),
                configuration == null ? null : configurationProperty(ConfigurationSource.DRIVES),
                unusableJars(),
                ServiceLines.of(deployed).toList(),
                faults(),
                exportWarnings());
    }
}
