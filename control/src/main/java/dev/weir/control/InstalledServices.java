package dev.weir.control;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.clock.Clock;
import dev.weir.cluster.ClusterControl;
import dev.weir.control.api.Installation;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.event.EventLog;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.view.source.DriveOrder;
import dev.weir.view.source.ServiceLines;
import dev.weir.view.system.StatusView;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The services that the API shows and changes. It exists while the API is configured.
 *
 * <p>Thread-safe: Declarative Services replaces whole lists.
 */
@Component(
        service = InstalledServices.class,
        immediate = true,
        configurationPid = ControlEndpoint.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class InstalledServices implements Installation {
    private final String version;
    private final String home;

    /** The drives by name; a map because the API looks up single drives among ten thousand. */
    private final Map<String, DriveControl> drives = new ConcurrentHashMap<>();

    private volatile String metrics = "";
    private volatile Supplier<List<String>> ownFaults = List::of;

    @Reference
    volatile List<GroupControl> groups = List.of();

    @Reference
    volatile List<Map.Entry<Map<String, Object>, DriveExport>> exports = List.of();

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

    /** Errors of other parts, for example of the metrics endpoint. The API has its own errors itself. */
    @Reference(target = "(&(weir.lines=faults)(!(weir.part=control)))")
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
    volatile @Nullable Clock clock;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable Definitions definitions;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable EventLog events;

    /** The cluster; null while it is off. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ClusterControl cluster;

    /** Creates the services with the version and the home of the framework. */
    @Activate
    public InstalledServices(BundleContext context, Map<String, Object> properties) {
        this(
                Objects.requireNonNullElse(
                        context.getBundle().getHeaders("").get("Implementation-Version"),
                        context.getBundle().getVersion().toString()),
                Objects.requireNonNullElse(context.getProperty("weir.home"), ""));
        configure(properties);
    }

    InstalledServices(String version, String home) {
        this.version = version;
        this.home = home;
    }

    @Modified
    void configure(Map<String, Object> properties) {
        metrics = properties.get("metrics") instanceof String address ? address : "";
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        drives.put(drive.name(), drive);
    }

    void removeDrive(DriveControl drive) {
        drives.remove(drive.name(), drive);
    }

    /** Sets the source of the errors of the API itself. */
    void ownFaults(Supplier<List<String>> source) {
        ownFaults = source;
    }

    String version() {
        return version;
    }

    String home() {
        return home;
    }

    @Override
    public @Nullable DriveControl drive(String name) {
        return drives.get(name);
    }

    @Override
    public List<DriveControl> drives() {
        return DriveOrder.of(drives.values(), configured(ConfigurationSource.DRIVES));
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
    public @Nullable ClusterControl cluster() {
        return cluster;
    }

    @Override
    public Map<String, Object> configurationProperties() {
        Map.Entry<Map<String, Object>, ConfigurationSource> current = configuration;
        return current == null ? Map.of() : current.getKey();
    }

    @Override
    public List<String> exportFaults() {
        return Stream.of(
                        ServiceLines.ofProperties(exports, DriveExport.FAULTS),
                        ServiceLines.of(otherFaults),
                        ownFaults.get().stream())
                .flatMap(lines -> lines)
                .toList();
    }

    @Override
    public List<String> exportWarnings() {
        return Stream.concat(ServiceLines.ofProperties(exports, DriveExport.WARNINGS), ServiceLines.of(otherWarnings))
                .toList();
    }

    @Override
    public @Nullable EventLog events() {
        return events;
    }

    @Override
    public List<String> policyTypes() {
        return policies.stream()
                .map(ThrottlePolicyFactory::type)
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public List<BlockFactory> backends() {
        return Stream.<BlockFactory>concat(backends.stream(), devices.stream()).toList();
    }

    @Override
    public List<BlockFilterFactory> filters() {
        return filters;
    }

    @Override
    public String metrics() {
        return metrics;
    }

    @Override
    public StatusView status() {
        List<String> unusable = ServiceLines.of(deployFaults)
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
        List<String> faults = Stream.of(
                        configured(ConfigurationSource.FAULTS).stream(),
                        exportFaults().stream(),
                        ServiceLines.of(deployFaults),
                        Supervision.failures().stream().map("unhealthy: "::concat))
                .flatMap(all -> all)
                .toList();
        List<String> configured = configuration == null ? null : configured(ConfigurationSource.DRIVES);
        return StatusView.of(
                version,
                home,
                drives(),
                configured,
                unusable,
                ServiceLines.of(deployed).toList(),
                faults,
                exportWarnings());
    }

    private List<String> configured(String key) {
        return ServiceLines.ofProperty(configurationProperties(), key);
    }
}
