package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
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
 * Loads the HOCON configuration at startup, after a file change and on request, and applies it if it has no
 * errors. It loads again when a missing backend, filter or policy type is registered, because only the factory knows
 * the kinds of its options and the limits that it supports (see {@code
 * docs/design/decisions/010-configuration.md}).
 *
 * <p>Thread-safe. One thread reads and applies. It holds no lock meanwhile, so that an endless file cannot
 * block a stop.
 */
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.settings.ConfigurationSource\"",
        effective = "active")
@Component(service = {})
public final class HoconConfiguration implements ConfigurationSource {
    private static final Logger LOG = LoggerFactory.getLogger(HoconConfiguration.class);

    /** Framework property for the interval between two looks at the files (ms). 0 disables them. */
    static final String POLL = "weir.config.poll";

    private static final String DEFAULT_POLL_MILLIS = "250";

    /** Timeout of a caller that waits for a reading. */
    private static final long READ_SECONDS = 30;

    /** Timeout for the delivery of all changes to the engine. */
    private static final long DELIVERY_SECONDS = 10;

    /** Timeout of a reload for drives that are opened again. */
    private static final long REOPEN_SECONDS = 2;

    /** Timeout of a reload for a type whose bundle is being updated. */
    private static final int REPLACEMENT_MILLIS = 1_000;

    private static final int PAUSE_MILLIS = 10;

    private static final long STOP_SECONDS = 1;

    private static final String STOPPED = "the bundle weir-config is stopped";

    /** Number of looks until a reading is retried that failed for another reason than an error in the file. */
    static final int LOOKS_UNTIL_RETRY = 20;

    private final BundleContext context;
    private final ConfigurationAdmin admin;
    private final Inputs inputs;
    private final ConfigurationApplier applier;

    private final RankedTypes<BlockFactory> backends = new RankedTypes<>();
    private final RankedTypes<BlockFilterFactory> filters = new RankedTypes<>();
    private final RankedTypes<ThrottlePolicyFactory> policies = new RankedTypes<>();
    private final Set<DriveControl> drives = ConcurrentHashMap.newKeySet();
    private final Set<GroupControl> groups = ConcurrentHashMap.newKeySet();
    private final Set<DriveExport> exports = ConcurrentHashMap.newKeySet();

    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-config"));

    private volatile Map<String, Map<String, String>> origins = Map.of();
    private volatile boolean stopped;

    // confined to the configuration thread
    private final FileWatch watch = new FileWatch();
    private final PipeText pipe = new PipeText();
    private @Nullable Reading lastRead;
    private List<String> driveNames = List.of();
    private List<String> changes = List.of();
    private long changedMillis;

    /** Whether the log has errors of the configuration without their end. */
    private boolean hasLoggedFaults;

    private int looksUntilRetry = LOOKS_UNTIL_RETRY;

    /** Guarded by this. */
    private @Nullable ServiceRegistration<ConfigurationSource> registration;

    /**
     * Takes the inputs from the framework properties that the launcher set.
     *
     * @throws IllegalStateException if {@code weir.home} is not set
     */
    @Activate
    public HoconConfiguration(BundleContext context, @Reference ConfigurationAdmin admin) {
        this.context = context;
        this.admin = admin;
        inputs = Inputs.of(context::getProperty);
        applier = new ConfigurationApplier(admin);
    }

    /**
     * Loads the configuration and starts polling. It does not wait for drives to open, because the framework must go
     * on to start the bundles that these may need.
     */
    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // a step reports its own failure
    void start() {
        List<String> faults = await(() -> readAndApply(false));
        if (lastPublished() == null) {
            publish(faults, List.of());
        }
        long everyMillis = Long.parseLong(Objects.requireNonNullElse(context.getProperty(POLL), DEFAULT_POLL_MILLIS));
        if (everyMillis > 0) {
            Runnable look = Supervision.task("weir-config", this::look, LOG::error);
            thread.scheduleWithFixedDelay(look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
        }
    }

    @Deactivate
    void stop() {
        stopped = true;
        thread.shutdownNow().forEach(step -> ((Future<?>) step).cancel(false));
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("stopping while {} is still being read", inputs.file());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        unregister();
    }

    private synchronized void unregister() {
        if (registration != null) {
            registration.unregister();
            registration = null;
        }
    }

    private synchronized @Nullable ServiceRegistration<ConfigurationSource> lastPublished() {
        return registration;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBackend(ServiceReference<BlockBackendFactory> reference, BlockBackendFactory factory) {
        addStorage(reference, factory);
    }

    void removeBackend(ServiceReference<BlockBackendFactory> reference) {
        backends.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDevice(ServiceReference<BlockDeviceFactory> reference, BlockDeviceFactory factory) {
        addStorage(reference, factory);
    }

    void removeDevice(ServiceReference<BlockDeviceFactory> reference) {
        backends.remove(reference);
    }

    private void addStorage(ServiceReference<?> reference, BlockFactory factory) {
        String type = FactoryAnswers.type(factory, factory::type);
        backends.add(reference, type, factory);
        reloadIf(last -> last.missingBackends().contains(type));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilter(ServiceReference<BlockFilterFactory> reference, BlockFilterFactory factory) {
        String type = FactoryAnswers.type(factory, factory::type);
        filters.add(reference, type, factory);
        reloadIf(last -> last.missingFilters().contains(type));
    }

    void removeFilter(ServiceReference<BlockFilterFactory> reference) {
        filters.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPolicy(ServiceReference<ThrottlePolicyFactory> reference, ThrottlePolicyFactory factory) {
        String type = FactoryAnswers.type(factory, factory::type);
        policies.add(reference, type, factory);
        reloadIf(last -> last.missingPolicies().contains(type));
    }

    void removePolicy(ServiceReference<ThrottlePolicyFactory> reference) {
        policies.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        drives.add(drive);
    }

    void removeDrive(DriveControl drive) {
        drives.remove(drive);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addGroup(GroupControl group) {
        groups.add(group);
    }

    void removeGroup(GroupControl group) {
        groups.remove(group);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addExport(DriveExport export) {
        exports.add(export);
    }

    void removeExport(DriveExport export) {
        exports.remove(export);
    }

    @Override
    public List<String> reload() {
        return await(() -> {
            List<String> faults = readAndSettle(true);
            return !faults.isEmpty() && awaitReplacements() ? readAndSettle(true) : faults;
        });
    }

    /**
     * Waits for types that went, because the update of a bundle removes its services for a moment.
     *
     * @return whether a type went since the last call
     */
    private boolean awaitReplacements() {
        List<RankedTypes<?>> all = List.of(backends, filters, policies);
        if (all.stream().noneMatch(RankedTypes::hasGone)) {
            return false;
        }
        try {
            for (int waited = 0; waited < REPLACEMENT_MILLIS && !isComplete(all); waited += PAUSE_MILLIS) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(RankedTypes::forgetGone);
        return true;
    }

    private static boolean isComplete(List<RankedTypes<?>> all) {
        return all.stream().allMatch(RankedTypes::isComplete);
    }

    /** Reloads the configuration if a file has changed. */
    void poll() {
        await(() -> {
            look();
            return List.of();
        });
    }

    private void look() {
        try {
            boolean retry = lastRead != null && lastRead.isFailed() && --looksUntilRetry <= 0;
            if (!stopped && (retry || watch.hasSettled())) {
                LOG.info("{} {}", inputs.file(), retry ? "is read again" : "has changed");
                readAndSettle(false);
            }
        } catch (RuntimeException | Error e) {
            failed(e);
            throw e;
        }
    }

    /** Records a failed reading, so that a later look retries it, and returns its error. */
    private String failed(Throwable failure) {
        String fault = "the configuration could not be read or applied: " + failure;
        lastRead = Reading.failed(fault);
        looksUntilRetry = LOOKS_UNTIL_RETRY;
        return fault;
    }

    /** Runs a step on the configuration thread and returns its errors. A timeout is an error too. */
    private List<String> await(Supplier<List<String>> step) {
        try {
            return thread.submit(() -> guarded(step)).get(READ_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException | CancellationException e) {
            return List.of(STOPPED);
        } catch (TimeoutException e) {
            return List.of("%s is still being read after %d s; it is applied once it has been read"
                    .formatted(inputs.file(), READ_SECONDS));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a guarded step failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("interrupted while reading the configuration");
        }
    }

    /** Runs a step and returns even an {@link Error} as text, so that its caller learns of it. */
    private List<String> guarded(Supplier<List<String>> step) {
        try {
            return stopped ? List.of(STOPPED) : step.get();
        } catch (RuntimeException | Error e) {
            LOG.error("the configuration could not be read or applied", e);
            return List.of(failed(e));
        }
    }

    /**
     * Reads and applies the configuration, waits for its delivery to the engine, and opens unavailable drives again.
     */
    private List<String> readAndSettle(boolean isAnswered) {
        List<String> faults = readAndApply(isAnswered);
        if (faults.isEmpty()) {
            try {
                if (!Delivery.await(context, admin, DELIVERY_SECONDS)) {
                    LOG.warn("Configuration Admin has not delivered the changes within {} s", DELIVERY_SECONDS);
                }
                reopenDrives();
            } catch (IOException e) {
                LOG.error("Configuration Admin cannot confirm the delivery of the changes", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return faults;
    }

    /**
     * Opens unavailable drives again. An open drive with a deleted image stays open, because a client can still save
     * its data.
     */
    private void reopenDrives() throws InterruptedException {
        CompletableFuture<?>[] tried = drives.stream()
                .filter(drive -> isClosed(drive.snapshot()))
                .map(drive -> drive.reopen().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(tried).get(REOPEN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("not every unavailable drive was opened again in time", e);
        }
    }

    private static boolean isClosed(DriveSnapshot drive) {
        return drive.state() == DriveSnapshot.State.UNAVAILABLE && drive.size() == 0;
    }

    /**
     * Reads and applies the configuration.
     *
     * @param isAnswered whether a caller shows the errors; they are then logged as information, because the log may
     *     share the caller's terminal
     */
    private List<String> readAndApply(boolean isAnswered) {
        watch.begin();
        Reading reading = read();
        watch.end(reading.files(), reading.faults().isEmpty());
        lastRead = reading;
        looksUntilRetry = LOOKS_UNTIL_RETRY;
        List<String> faults = reading.faults().isEmpty() ? apply(reading) : reading.faults();
        reading.warnings().forEach(isAnswered ? LOG::info : LOG::warn);
        faults.forEach(isAnswered ? LOG::info : LOG::error);
        if (hasLoggedFaults && faults.isEmpty()) {
            LOG.warn("the configuration has no faults any more and is applied");
        }
        hasLoggedFaults = !faults.isEmpty() && (hasLoggedFaults || !isAnswered);
        publish(faults, reading.warnings());
        return faults;
    }

    @Override
    public Map<String, String> origins(String pid) {
        return origins.getOrDefault(pid, Map.of());
    }

    private Reading read() {
        try {
            Types types = new Types(backends.byType(), filters.byType(), policies.byType());
            return ConfigurationReader.read(inputs, types, Running.of(drives, groups, exports), pipe);
        } catch (RuntimeException | Error e) {
            LOG.error("the configuration could not be read", e);
            return Reading.failed("the configuration could not be read: " + e);
        }
    }

    private List<String> apply(Reading reading) {
        try {
            List<String> applied = applier.apply(reading);
            applied.forEach(change -> LOG.info("configuration: {}", change));
            if (!applied.isEmpty()) {
                changes = applied;
                changedMillis = System.currentTimeMillis();
            }
            origins = reading.origins();
            driveNames = reading.drives().stream().map(DriveSettings::name).toList();
            return List.of();
        } catch (IOException e) {
            LOG.error("Configuration Admin cannot store the configuration", e);
            return List.of("Configuration Admin cannot store the configuration: " + e.getMessage());
        }
    }

    private synchronized void publish(List<String> faults, List<String> warnings) {
        Dictionary<String, ?> properties = FrameworkUtil.asDictionary(Map.of(
                DRIVES, driveNames.toArray(String[]::new),
                CHANGES, changes.toArray(String[]::new),
                CHANGED_MILLIS, changedMillis,
                FAULTS, faults.toArray(String[]::new),
                WARNINGS, warnings.toArray(String[]::new)));
        if (stopped) {
            return;
        }
        if (registration == null) {
            registration = context.registerService(ConfigurationSource.class, this, properties);
        } else {
            registration.setProperties(properties);
        }
    }

    private void reloadIf(Predicate<Reading> misses) {
        try {
            thread.execute(
                    () -> guarded(() -> lastRead != null && misses.test(lastRead) ? readAndApply(false) : List.of()));
        } catch (RejectedExecutionException e) {
            LOG.debug("a factory arrived after the stop", e);
        }
    }
}
