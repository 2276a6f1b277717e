package dev.weir.engine;

import static dev.weir.engine.SerialSteps.await;

import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.clock.Clock;
import dev.weir.cluster.LimitBroker;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.drive.settings.LimitTree;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.factory.Policies;
import dev.weir.engine.factory.RankedFactories;
import dev.weir.engine.storage.WantedFilter;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator of all drives and groups. It connects them with the factories of backends, filters and policies while
 * these come and go.
 *
 * <p>Thread-safe. The monitor serialises all changes. Under the monitor the engine serves no request and opens or
 * closes no backend. A caller waits outside the monitor for the result of its change, with a timeout. See
 * docs/design/decisions/014.
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** How long a change waits for its drive. Most changes are therefore complete when the call returns. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long startup then waits for a slow backend before it reports the drive and continues. */
    private static final long LATE_SECONDS = 5;

    /** Timeout for closing all affected drives. It is shorter than the launcher's timeout for the stop. */
    private static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Clock clock;
    private final Publisher publisher;
    private final Debts debts;
    private final RankedFactories<BlockFactory> backends = new RankedFactories<>(BlockFactory::type);
    private final RankedFactories<BlockFilterFactory> filters = new RankedFactories<>(BlockFilterFactory::type);
    private final Policies policies = new Policies();
    private final Map<String, ManagedDrive> drives = new HashMap<>();
    private final GroupTree groups;
    private final ClusterGroups clusterGroups;

    private final Lifecycles lifecycles;

    private final Executor threads;

    /** Creates an engine without drives that opens and closes backends on its own threads. */
    public Engine(Clock clock, Publisher publisher, Debts debts) {
        this(clock, publisher, SerialSteps.threads(), debts);
    }

    /** Creates an engine without drives. The threads open and close backends. */
    public Engine(Clock clock, Publisher publisher, Executor threads, Debts debts) {
        this.debts = debts;
        this.threads = threads;
        this.lifecycles = new Lifecycles(threads);
        this.clock = clock;
        this.groups = new GroupTree(clock);
        this.clusterGroups = new ClusterGroups(clock);
        this.publisher = publisher;
    }

    public synchronized void addPolicies(ThrottlePolicyFactory factory, int ranking) {
        policies.add(factory, ranking);
        policiesChanged();
    }

    public synchronized void removePolicies(ThrottlePolicyFactory factory) {
        policies.remove(factory);
        policiesChanged();
    }

    private void policiesChanged() {
        groups.values().forEach(group -> group.policiesChanged(policies));
        drives.values().forEach(drive -> drive.policiesChanged(policies));
    }

    /**
     * Opens the drives of a backend's or device's type. Returns when they are open or a second has passed.
     *
     * @param factory a backend's or a device's factory
     */
    public void addBackends(BlockFactory factory, int ranking) {
        added(() -> backends.add(factory, ranking), Engine::usesBackend);
    }

    /** Closes every drive that the factory opened. Returns when they are closed or the timeout expires. */
    public void removeBackends(BlockFactory factory) {
        removed("backend", () -> backends.remove(factory), Engine::usesBackend);
    }

    /** Opens filters in the drives that name the type. Returns when they are open or a second has passed. */
    public void addFilters(BlockFilterFactory factory, int ranking) {
        added(() -> filters.add(factory, ranking), Engine::usesFilter);
    }

    /** Closes every filter that the factory opened. Returns when they are closed or the timeout expires. */
    public void removeFilters(BlockFilterFactory factory) {
        removed("filter", () -> filters.remove(factory), Engine::usesFilter);
    }

    private static boolean usesBackend(ManagedDrive drive, String type) {
        return drive.settings().backendType().equals(type);
    }

    private static boolean usesFilter(ManagedDrive drive, String type) {
        return drive.filters().anyMatch(filter -> filter.type().equals(type));
    }

    /** Opens or changes the drives of the added factory. {@code add} returns its type. */
    private void added(Supplier<String> add, BiPredicate<ManagedDrive, String> uses) {
        List<ManagedDrive> concerned;
        List<CompletableFuture<@Nullable Void>> opened;
        synchronized (this) {
            String type = add.get();
            concerned = drives.values().stream()
                    .filter(drive -> uses.test(drive, type))
                    .toList();
            opened = concerned.stream().map(this::settle).toList();
        }
        if (!await(opened, PATIENCE_NANOS)) {
            tellIfLate(concerned);
        }
    }

    private void removed(String kind, Supplier<String> remove, BiPredicate<ManagedDrive, String> uses) {
        String type;
        List<CompletableFuture<@Nullable Void>> closed;
        synchronized (this) {
            type = remove.get();
            closed = drives.values().stream()
                    .filter(drive -> uses.test(drive, type))
                    .map(this::settle)
                    .toList();
        }
        if (!await(closed, CLOSE_TIMEOUT_NANOS)) {
            LOG.error("{} {} stops although drives still use it: they did not close in time", kind, type);
        }
    }

    private CompletableFuture<@Nullable Void> settle(ManagedDrive drive) {
        DriveSettings settings = drive.settings();
        List<WantedFilter> wanted = drive.filters()
                .map(filter -> new WantedFilter(filter.type(), filter.options(), filters.get(filter.type())))
                .toList();
        return drive.settle(backends.get(settings.backendType()), wanted);
    }

    /** Adds a drive or changes the settings of the drive of that name. */
    public void configure(DriveSettings settings) {
        ManagedDrive drive;
        CompletableFuture<@Nullable Void> settled;
        synchronized (this) {
            drive = configured(settings);
            settled = settle(drive);
        }
        if (!await(List.of(settled), PATIENCE_NANOS)) {
            tellIfLate(List.of(drive));
        }
    }

    private void tellIfLate(List<ManagedDrive> slow) {
        CompletableFuture.delayedExecutor(LATE_SECONDS, TimeUnit.SECONDS, threads)
                .execute(() -> slow.forEach(ManagedDrive::tellIfLate));
    }

    private ManagedDrive configured(DriveSettings settings) {
        ManagedDrive drive = drives.get(settings.name());
        GroupNode group = groupOf(settings);
        if (drive == null) {
            SerialSteps lifecycle = lifecycles.of(settings.name());
            ThrottlePolicyFactory policy = policies.get(settings.policy());
            drive = new ManagedDrive(this, settings, group, policy, clock, publisher, lifecycle, debts);
            drives.put(settings.name(), drive);
            drive.publish(backends.get(settings.backendType()) != null);
        } else {
            configureAgain(drive, settings, group);
        }
        return drive;
    }

    private void configureAgain(ManagedDrive drive, DriveSettings settings, @Nullable GroupNode group) {
        DriveSettings before = drive.settings();
        drive.faults().settings(DriveFaults.changed(drive.faults().settings(), before.faults(), settings.faults()));
        Policies.Choice merged = policies.merge(
                new Policies.Choice(drive.policyType(), drive.currentLimits()),
                Policies.Choice.of(before),
                Policies.Choice.of(settings));
        Share share = settings.share().equals(before.share()) ? drive.currentShare() : settings.share();
        drive.configure(settings, group, merged.policy(), policies.get(merged.policy()), merged.limits(), share);
    }

    /** Tries at once to open the backend of a drive. Closes an open backend first if its storage is lost. */
    @SuppressWarnings("FutureReturnValueIgnored") // the next step waits for it
    CompletableFuture<@Nullable Void> reopen(ManagedDrive drive) {
        synchronized (this) {
            drive.closeIfLost();
            return settle(drive);
        }
    }

    /** Returns the group of a drive, or null. A group that does not exist holds every request. */
    private @Nullable GroupNode groupOf(DriveSettings settings) {
        String name = settings.group();
        if (name == null) {
            return null;
        }
        ManagedGroup group = groups.get(name);
        return group != null
                ? group.node()
                : groups.placeholder(name, "drive " + settings.name(), "there is no such group");
    }

    public void removeDrive(String name) {
        CompletableFuture<@Nullable Void> closed;
        synchronized (this) {
            ManagedDrive drive = drives.remove(name);
            if (drive == null) {
                return;
            }
            drive.leave(groups.exit("drive " + name), debts);
            closed = drive.remove("removed").whenComplete((done, failure) -> removed(name));
        }
        if (!await(List.of(closed), PATIENCE_NANOS)) {
            LOG.warn("drive {} is withdrawn; its removal completes when its backend has closed", name);
        }
    }

    private synchronized void removed(String name) {
        LOG.info("drive {} is removed", name);
        if (!drives.containsKey(name)) {
            lifecycles.forgetIfIdle(name);
        }
    }

    /** Adds a group or changes the settings of the group of that name. */
    public synchronized void configure(GroupSettings settings) {
        ThrottlePolicyFactory policy = policies.get(settings.policy());
        ManagedGroup group = groups.get(settings.name());
        if (group == null) {
            ManagedGroup added = new ManagedGroup(this, settings, policy, clock, publisher, debts);
            clusterGroups.settle(added);
            groups.add(added);
            moveMembers(settings.name());
        } else {
            groups.configureAgain(group, settings, policies, clusterGroups::settle);
        }
    }

    /** Divides the limits of cluster groups by a broker; null for none. */
    public synchronized void broker(@Nullable LimitBroker broker) {
        clusterGroups.broker(broker);
    }

    /** Removes a group. Drives and groups that still name it hold their queues. */
    public synchronized void removeGroup(String name) {
        ManagedGroup group = groups.get(name);
        if (group != null) {
            groups.remove(group, () -> moveMembers(name));
            clusterGroups.remove(group);
            debts.forget(group.node());
            group.remove();
            LOG.info("group {} is removed", name);
        }
    }

    private void moveMembers(String group) {
        for (ManagedDrive drive : drives.values()) {
            if (group.equals(drive.settings().group())) {
                drive.moveTo(groupOf(drive.settings()));
            }
        }
    }

    /** Changes a drive's policy until its settings change. */
    synchronized void change(ManagedDrive drive, String policy) {
        ThrottleLimits limits = drive.currentLimits();
        drive.reconfigure(policy, policies.accepting(policy, limits), limits, drive.currentShare());
    }

    /** Changes a drive's limits and share until its settings change. */
    synchronized void change(ManagedDrive drive, ThrottleLimits limits, Share share) {
        groups.check(GroupTree.node(drive), GroupTree.node(drive, limits, share), drives.values());
        String type = drive.policyType();
        drive.reconfigure(type, policies.accepting(type, limits), limits, share);
    }

    /** Changes a group's policy until its settings change. */
    synchronized void change(ManagedGroup group, String policy) {
        ThrottleLimits limits = group.currentLimits();
        ThrottlePolicyFactory factory = policies.accepting(policy, limits);
        groups.change(group, group.currentParent(), policy, factory, limits, group.currentShare());
    }

    /** Checks a change of a group's limits, parent and share and returns it. It lasts until the settings change. */
    synchronized Runnable checked(ManagedGroup group, ThrottleLimits limits, @Nullable String parent, Share share) {
        LimitTree.Node after = new LimitTree.Node(group.name(), false, parent, limits, share);
        groups.check(GroupTree.node(group), after, drives.values());
        ThrottlePolicyFactory factory = policies.accepting(group.policyType(), limits);
        return () -> groups.change(group, parent, group.policyType(), factory, limits, share);
    }

    /** Restores policy, limits, share and parent of a group's settings. */
    synchronized void restore(ManagedGroup group) {
        GroupSettings settings = group.settings();
        String policy = settings.policy();
        groups.change(group, settings.parent(), policy, policies.get(policy), settings.limits(), settings.share());
    }

    /** Restores the policy, the limits, the share and the faults of a drive's settings. */
    void restore(ManagedDrive drive) {
        synchronized (this) {
            DriveSettings settings = drive.settings();
            String policy = settings.policy();
            drive.reconfigure(policy, policies.get(policy), settings.limits(), settings.share());
        }
        if (!drive.faults().settings().equals(drive.settings().faults())) {
            changeFaults(drive, now -> drive.settings().faults());
        }
    }

    synchronized CompletableFuture<PowerCutReport> cutPower(ManagedDrive drive, PowerCut how) {
        return drive.cutPower(how);
    }

    /** Changes the faults of a drive until its settings change. Returns when they apply or a second has passed. */
    void changeFaults(ManagedDrive drive, UnaryOperator<FaultSettings> change) {
        CompletableFuture<@Nullable Void> settled;
        synchronized (this) {
            FaultSettings after = change.apply(drive.faults().settings());
            if (!after.isEmpty() && filters.get(FaultSettings.TYPE) == null) {
                throw new IllegalArgumentException("no filter of the type " + FaultSettings.TYPE + " is installed");
            }
            drive.faults().settings(after);
            settled = settle(drive);
        }
        await(List.of(settled), PATIENCE_NANOS);
    }

    /**
     * Lifts the limits of a drive until it is idle or the timeout expires. A drive has at most one drain at a time.
     */
    CompletableFuture<Boolean> drain(ManagedDrive drive, long timeoutNanos) {
        synchronized (this) {
            if (drive.isLifted()) {
                throw new IllegalStateException("drive " + drive.name() + " is already being drained");
            }
            drive.lift(true, groupOf(drive.settings()));
        }
        LOG.info("drive {} drains: its limits are lifted until it is idle", drive.name());
        return new Drain(clock, threads, drive::isIdle, () -> endDrain(drive), timeoutNanos).start();
    }

    private synchronized void endDrain(ManagedDrive drive) {
        if (drives.get(drive.name()) == drive) {
            drive.lift(false, groupOf(drive.settings()));
            LOG.info("drive {}: its limits apply again", drive.name());
        }
    }

    /** Closes every drive. Returns when they are closed or the timeout expires. */
    public void close() {
        List<CompletableFuture<@Nullable Void>> closed;
        synchronized (this) {
            closed = drives.values().stream()
                    .map(drive -> drive.remove("the engine stops"))
                    .toList();
            drives.clear();
            groups.values().forEach(ManagedGroup::remove);
            groups.clear();
        }
        if (!await(closed, CLOSE_TIMEOUT_NANOS)) {
            LOG.error("stopping although backends still have requests in flight");
        }
        debts.close();
    }
}
