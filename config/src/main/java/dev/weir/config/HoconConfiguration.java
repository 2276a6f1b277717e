package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SavedFolder;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.log.FailureText;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
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
import org.osgi.framework.ServiceReference;
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
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.definition.Definitions\"",
        effective = "active")
@Component(service = {})
public final class HoconConfiguration implements ConfigurationSource, Definitions {
    private static final Logger LOG = LoggerFactory.getLogger(HoconConfiguration.class);

    /** Framework property for the interval between two looks at the files (ms). 0 disables them. */
    static final String POLL = "weir.config.poll";

    private static final String DEFAULT_POLL_MILLIS = "250";

    /** Timeout of a caller that waits for a reading. */
    private static final long READ_SECONDS = 30;

    private static final long STOP_SECONDS = 1;
    private static final String STOPPED = "the bundle weir-config is stopped";

    /** Number of looks until a reading is retried that failed for another reason than an error in the file. */
    static final int LOOKS_UNTIL_RETRY = 20;

    private final BundleContext context;
    private final Settlement settlement;
    private final Inputs inputs;
    private final PublishedSource published;
    private final AppliedConfiguration applied;

    private final RegisteredTypes types = new RegisteredTypes();
    private final Set<DriveControl> drives = ConcurrentHashMap.newKeySet();
    private final Set<GroupControl> groups = ConcurrentHashMap.newKeySet();
    private final Set<DriveExport> exports = ConcurrentHashMap.newKeySet();

    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-config"));

    private volatile boolean stopped;
    // confined to the configuration thread
    private final FileWatch watch;
    private final PipeText pipe = new PipeText();
    private final DefinitionChanges commands;
    private @Nullable Reading lastRead;

    /** Whether the log has errors of the configuration without their end. */
    private boolean hasLoggedFaults;

    private int looksUntilRetry = LOOKS_UNTIL_RETRY;

    /**
     * Takes the inputs from the framework properties that the launcher set.
     *
     * @throws IllegalStateException if {@code weir.home} is not set
     */
    @Activate
    public HoconConfiguration(BundleContext context, @Reference ConfigurationAdmin admin) {
        this.context = context;
        settlement = new Settlement(context, admin);
        inputs = Inputs.of(context::getProperty);
        published = new PublishedSource(context, this);
        applied = new AppliedConfiguration(new ConfigurationApplier(admin), published);
        SavedFolder folder = new SavedFolder(inputs.home());
        watch = new FileWatch(folder.path());
        commands = new DefinitionChanges(inputs, folder, applied);
    }

    /**
     * Loads the configuration and starts polling. It does not wait for drives to open, because the framework must go
     * on to start the bundles that these may need.
     */
    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // a step reports its own failure
    void start() {
        List<String> faults = await(() -> readAndApply(false));
        if (!published.isPublished()) {
            applied.publish(faults, List.of());
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
        published.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addBackend(ServiceReference<BlockBackendFactory> reference, BlockBackendFactory factory) {
        addStorage(reference, factory);
    }

    void removeBackend(ServiceReference<BlockBackendFactory> reference) {
        types.backends.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDevice(ServiceReference<BlockDeviceFactory> reference, BlockDeviceFactory factory) {
        addStorage(reference, factory);
    }

    void removeDevice(ServiceReference<BlockDeviceFactory> reference) {
        types.backends.remove(reference);
    }

    private void addStorage(ServiceReference<?> reference, BlockFactory factory) {
        String type = FactoryAnswers.type(factory, factory::type);
        types.backends.add(reference, type, factory);
        reloadIf(last -> last.missingBackends().contains(type));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFilter(ServiceReference<BlockFilterFactory> reference, BlockFilterFactory factory) {
        String type = FactoryAnswers.type(factory, factory::type);
        types.filters.add(reference, type, factory);
        reloadIf(last -> last.missingFilters().contains(type));
    }

    void removeFilter(ServiceReference<BlockFilterFactory> reference) {
        types.filters.remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPolicy(ServiceReference<ThrottlePolicyFactory> reference, ThrottlePolicyFactory factory) {
        String type = FactoryAnswers.type(factory, factory::type);
        types.policies.add(reference, type, factory);
        reloadIf(last -> last.missingPolicies().contains(type));
    }

    void removePolicy(ServiceReference<ThrottlePolicyFactory> reference) {
        types.policies.remove(reference);
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
            return !faults.isEmpty() && types.awaitReplacements() ? readAndSettle(true) : faults;
        });
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
        String fault = "the configuration could not be read or applied and is tried again: " + FailureText.of(failure);
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
            settlement.await(drives, name -> true);
        }
        return faults;
    }

    /**
     * Reads and applies the configuration.
     *
     * @param isAnswered whether a caller shows the errors; they are then logged as information, because the log may
     *     share the caller's terminal
     */
    private List<String> readAndApply(boolean isAnswered) {
        watch.begin();
        Reading reading = read(commands.saved());
        watch.end(reading.files(), reading.faults().isEmpty());
        lastRead = reading;
        looksUntilRetry = LOOKS_UNTIL_RETRY;
        List<String> faults = reading.faults().isEmpty() ? applied.applyOrExplain(reading) : reading.faults();
        if (faults.isEmpty()) {
            reading.warnings().forEach(isAnswered ? LOG::info : LOG::warn); // of a rejected reading they are not true
        }
        faults.forEach(isAnswered ? LOG::info : LOG::error);
        if (hasLoggedFaults && faults.isEmpty()) {
            LOG.warn("the configuration has no errors any more");
        }
        hasLoggedFaults = !faults.isEmpty() && (hasLoggedFaults || !isAnswered);
        applied.publish(faults, reading.warnings());
        return faults;
    }

    @Override
    public Map<String, String> origins(String pid) {
        return applied.origins(pid);
    }

    @Override
    public List<Definition> list(Definition.Kind kind) {
        return applied.list(kind);
    }

    @Override
    public @Nullable Definition find(Definition.Kind kind, String name) {
        return applied.find(new DefinitionKey(kind, name));
    }

    @Override
    public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
        return changed(() -> commands.make(change, this::read, Running.of(drives, groups, exports)));
    }

    @Override
    public ChangeOutcome restore() throws RefusedChangeException {
        return changed(() -> commands.restore(this::read));
    }

    @Override
    public List<String> temporary() {
        return commands.temporary();
    }

    private ChangeOutcome changed(DefinitionChanges.Step step) throws RefusedChangeException {
        ChangeAnswer answer = new ChangeAnswer();
        List<String> failures = await(() -> {
            answer.of(() -> changeAndSettle(step));
            return List.of();
        });
        return answer.get(failures);
    }

    private ChangeOutcome changeAndSettle(DefinitionChanges.Step step) throws RefusedChangeException {
        DefinitionChanges.Applied made = DefinitionChanges.watched(step, watch);
        Reading reading = made.reading();
        if (reading == null) {
            return made.outcome();
        }
        lastRead = reading;
        hasLoggedFaults = false;
        applied.publish(List.of(), reading.warnings());
        return made.settled(settlement.state(drives, made.drive()));
    }

    private Reading read(Saved saved) {
        try {
            return ConfigurationReader.read(inputs, saved, types.now(), Running.of(drives, groups, exports), pipe);
        } catch (RuntimeException | Error e) {
            LOG.error("the configuration could not be read", e);
            return Reading.failed("the configuration could not be read: " + FailureText.of(e));
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
