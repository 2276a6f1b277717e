package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration when it starts, when a file of it has changed and when it is told to, and applies it if
 * there is no fault in it. It reads again when a type of backend or policy comes that was missing: only then is it known of what kind its
 * options are, and which limits it cannot keep.
 *
 * <p>Thread-safe. {@code this} guards what was read and applied.
 */
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.settings.ConfigurationSource\"",
        effective = "active")
@Component(service = {})
public final class HoconConfiguration implements ConfigurationSource {
    private static final Logger LOG = LoggerFactory.getLogger(HoconConfiguration.class);

    /** The framework's property of how often the files are looked at, in milliseconds; 0 is never. */
    static final String POLL = "weir.config.poll";

    private static final String DEFAULT_POLL_MILLIS = "250";

    private final BundleContext context;
    private final Inputs inputs;
    private final ConfigurationApplier applier;

    private final Map<ServiceReference<BlockBackendFactory>, BlockBackendFactory> backends = new ConcurrentHashMap<>();
    private final Map<ServiceReference<ThrottlePolicyFactory>, ThrottlePolicyFactory> policies =
            new ConcurrentHashMap<>();

    /** Drives that may have been told to do other than what is configured. */
    private final Set<DriveControl> changeable = ConcurrentHashMap.newKeySet();

    /** Looks at the files, and reads again for types that come late, off the thread that brings them. */
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, HoconConfiguration::daemon, new ThreadPoolExecutor.DiscardPolicy());

    private final FileWatch watch = new FileWatch();
    private @Nullable Reading lastRead;
    private List<String> drives = List.of();
    private volatile Map<String, Map<String, String>> origins = Map.of();
    private @Nullable ServiceRegistration<ConfigurationSource> registration;
    private boolean stopped;

    /**
     * Takes what the launcher set as properties of the framework.
     *
     * @throws IllegalStateException if {@code weir.home} is not among them
     */
    @Activate
    public HoconConfiguration(BundleContext context, @Reference ConfigurationAdmin admin) {
        this.context = context;
        inputs = Inputs.of(context::getProperty);
        applier = new ConfigurationApplier(admin);
    }

    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // a supervised task logs its failures
    void start() {
        reload();
        long everyMillis = Long.parseLong(Objects.requireNonNullElse(context.getProperty(POLL), DEFAULT_POLL_MILLIS));
        if (everyMillis > 0) {
            thread.scheduleWithFixedDelay(
                    Supervision.task("the watch of the configuration", this::poll, LOG::error),
                    everyMillis,
                    everyMillis,
                    TimeUnit.MILLISECONDS);
        }
    }

    @Deactivate
    synchronized void stop() {
        stopped = true;
        thread.shutdown();
        if (registration != null) {
            registration.unregister();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBackend(ServiceReference<BlockBackendFactory> reference, BlockBackendFactory factory) {
        backends.put(reference, factory);
        reloadIf(last -> last.missingBackends().contains(factory.type()));
    }

    void removeBackend(ServiceReference<BlockBackendFactory> reference) {
        backends.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPolicy(ServiceReference<ThrottlePolicyFactory> reference, ThrottlePolicyFactory factory) {
        policies.put(reference, factory);
        reloadIf(last -> last.missingPolicies().contains(factory.type()));
    }

    void removePolicy(ServiceReference<ThrottlePolicyFactory> reference) {
        policies.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        changeable.add(drive);
    }

    void removeDrive(DriveControl drive) {
        changeable.remove(drive);
    }

    @Override
    public synchronized List<String> reload() {
        if (stopped) {
            return List.of("the bundle that reads the configuration is stopped");
        }
        List<String> faults = readAndApply();
        if (faults.isEmpty()) {
            changeable.forEach(DriveControl::restore);
        }
        return faults;
    }

    /** Reloads if a file has changed. */
    synchronized void poll() {
        if (!stopped && watch.hasSettled()) {
            LOG.info("{} has changed", inputs.file());
            reload();
        }
    }

    private List<String> readAndApply() {
        watch.begin();
        Reading reading = read();
        watch.end(reading.files(), reading.faults().isEmpty());
        lastRead = reading;
        List<String> faults = reading.faults().isEmpty() ? apply(reading) : reading.faults();
        reading.warnings().forEach(LOG::warn);
        faults.forEach(LOG::error);
        publish(faults, reading.warnings());
        return faults;
    }

    @Override
    public Map<String, String> origins(String pid) {
        return origins.getOrDefault(pid, Map.of());
    }

    private Reading read() {
        try {
            return ConfigurationReader.read(
                    inputs,
                    new Types(
                            byName(backends, BlockBackendFactory::type),
                            byName(policies, ThrottlePolicyFactory::type)));
        } catch (RuntimeException e) {
            // the factories are anyone's: one that throws when it is asked for its options ends here
            LOG.error("the configuration could not be read", e);
            return Reading.failed("the configuration could not be read: " + e);
        }
    }

    private List<String> apply(Reading reading) {
        try {
            applier.apply(reading).forEach(LOG::info);
            origins = reading.origins();
            drives = reading.drives().stream().map(DriveSettings::name).toList();
            return List.of();
        } catch (IOException e) {
            LOG.error("Configuration Admin", e);
            return List.of("Configuration Admin: " + e.getMessage());
        }
    }

    private void publish(List<String> faults, List<String> warnings) {
        Dictionary<String, ?> properties = FrameworkUtil.asDictionary(Map.of(
                DRIVES, drives.toArray(String[]::new),
                FAULTS, faults.toArray(String[]::new),
                WARNINGS, warnings.toArray(String[]::new)));
        if (registration == null) {
            registration = context.registerService(ConfigurationSource.class, this, properties);
        } else {
            registration.setProperties(properties);
        }
    }

    private void reloadIf(Predicate<Reading> misses) {
        thread.execute(Supervision.task(
                "the configuration of a late bundle",
                () -> {
                    synchronized (this) {
                        if (!stopped && lastRead != null && misses.test(lastRead)) {
                            readAndApply();
                        }
                    }
                },
                LOG::error));
    }

    /** Of two of one type the one whose service ranks higher wins. */
    private static <T> Map<String, T> byName(Map<ServiceReference<T>, T> factories, Function<T, String> name) {
        Map<String, T> byName = new HashMap<>();
        factories.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> byName.put(name.apply(entry.getValue()), entry.getValue()));
        return byName;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "weir-config");
        thread.setDaemon(true);
        return thread;
    }
}
