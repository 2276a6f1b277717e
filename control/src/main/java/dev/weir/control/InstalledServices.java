package dev.weir.control;

import dev.weir.cluster.ClusterControl;
import dev.weir.control.api.Installation;
import dev.weir.drive.control.DriveControl;
import dev.weir.event.EventLog;
import dev.weir.view.osgi.TrackedServices;
import dev.weir.view.source.ServiceLines;
import dev.weir.view.system.StatusView;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
public final class InstalledServices extends TrackedServices implements Installation {
    private final String version;
    private final String home;

    private volatile String metrics = "";
    private volatile Supplier<List<String>> ownFaults = List::of;

    /** Errors of other parts, for example of the metrics endpoint. The API has its own errors itself. */
    @Reference(target = "(&(weir.lines=faults)(!(weir.part=control)))")
    volatile List<Supplier<List<String>>> otherFaults = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable EventLog events;

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
        return findDrive(name);
    }

    @Override
    public @Nullable ClusterControl cluster() {
        return cluster;
    }

    @Override
    protected Stream<String> otherFaults() {
        return Stream.concat(ServiceLines.of(otherFaults), ownFaults.get().stream());
    }

    @Override
    public @Nullable EventLog events() {
        return events;
    }

    @Override
    public String metrics() {
        return metrics;
    }

    @Override
    public StatusView status() {
        return status(version, home);
    }
}
