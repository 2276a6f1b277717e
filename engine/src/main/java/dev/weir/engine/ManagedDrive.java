package dev.weir.engine;

import dev.weir.block.BlockFactory;
import dev.weir.block.HeldRequest;
import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveHistograms;
import dev.weir.drive.control.DriveLatencies;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.factory.Policies;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.storage.ChainPart;
import dev.weir.engine.storage.WantedFilter;
import dev.weir.engine.throttle.BlockQueue;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.engine.throttle.QueueForecast;
import dev.weir.engine.throttle.Throttle;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.FaultState;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A configured drive: its limits, its queue and its control. Its debt outlives its storage, its policy and its
 * settings.
 *
 * <p>Queries are thread-safe. Changes need the engine's lock.
 */
final class ManagedDrive implements DriveControl {

    /** Service property of the control: why the drive is unavailable. Absent while the drive is served. */
    private static final String REASON = "weir.drive.reason";

    private final Engine engine;
    private final Clock clock;
    private final Publisher publisher;
    private final Throttle throttle;
    private final FlushCap flushes;
    private final StorageLifecycle storage;
    private final DriveFaults faults;
    private volatile DriveSettings settings;

    /** Whether a drain has lifted the limits for now. */
    private boolean isLifted;

    private volatile Publisher.@Nullable Publication control;

    ManagedDrive(
            Engine engine,
            DriveSettings settings,
            @Nullable GroupNode group,
            @Nullable ThrottlePolicyFactory policy,
            Clock clock,
            Publisher publisher,
            SerialSteps steps,
            Debts debts) {
        this.engine = engine;
        this.clock = clock;
        this.publisher = publisher;
        this.settings = settings;
        PolicySlot own = new PolicySlot(
                "drive " + settings.name(), settings.policy(), settings.limits(), policy, clock.nanoTime());
        this.throttle = new Throttle(own, clock);
        debts.restore(throttle.queue());
        throttle.queue().share(settings.share());
        throttle.moveTo(group, () -> {});
        this.flushes = new FlushCap(clock, debts);
        flushes.configure(settings, settings.policy(), policy);
        this.storage = new StorageLifecycle(
                () -> this.settings, throttle, flushes, clock, publisher, steps, this::updateControl);
        this.faults = new DriveFaults(engine, this, settings.faults());
    }

    /**
     * Publishes the control.
     *
     * @param hasBackend whether the storage is about to be opened
     */
    void publish(boolean hasBackend) {
        if (hasBackend) {
            storage.expect();
        }
        control = publisher.publish(DriveControl.class, this, controlProperties(storage.unavailable()));
    }

    private synchronized void updateControl(String unavailable) {
        if (control != null) {
            control.update(controlProperties(unavailable));
        }
    }

    private Map<String, Object> controlProperties(String unavailable) {
        return unavailable.isEmpty() || unavailable.equals(StorageLifecycle.OPENING)
                ? Map.of(Drive.NAME, name())
                : Map.of(Drive.NAME, name(), REASON, unavailable);
    }

    @Override
    public String name() {
        return settings.name();
    }

    DriveSettings settings() {
        return settings;
    }

    /** Applies new settings, except those of the storage; {@link #settle} follows. */
    void configure(
            DriveSettings newSettings,
            @Nullable GroupNode group,
            String policy,
            @Nullable ThrottlePolicyFactory newFactory,
            ThrottleLimits limits,
            Share share) {
        DriveSettings old = settings;
        PolicySlot own = throttle.queue().own;
        throttle.moveTo(isLifted ? null : group, () -> {
            own.reconfigure(policy, newFactory, limits, clock.nanoTime());
            throttle.queue().share(share);
        });
        settings = newSettings;
        flushes.configure(newSettings, policy, newFactory);
        storage.updateDriveIfOther(old);
    }

    void moveTo(@Nullable GroupNode group) {
        throttle.moveTo(isLifted ? null : group, () -> {});
    }

    /**
     * Lifts or restores the limits of the drive and those of its group for this drive.
     *
     * @param group the drive's group, or null
     */
    void lift(boolean lifted, @Nullable GroupNode group) {
        isLifted = lifted;
        throttle.moveTo(lifted ? null : group, () -> throttle.queue().own.lift(lifted));
        flushes.lift(lifted);
    }

    boolean isLifted() {
        return isLifted;
    }

    /** Returns whether no request waits or is in flight. */
    boolean isIdle() {
        OpenDrive now = storage.open();
        return throttle.locked(at -> throttle.queue().isEmpty())
                && flushes.waiting() == 0
                && (now == null || now.storage().isIdle());
    }

    void policiesChanged(Policies policies) {
        throttle.change(slot -> slot.installFrom(policies::get, clock.nanoTime()));
        flushes.installFrom(policies::get);
    }

    void reconfigure(String policy, @Nullable ThrottlePolicyFactory newFactory, ThrottleLimits limits, Share share) {
        throttle.change(slot -> {
            slot.reconfigure(policy, newFactory, limits, clock.nanoTime());
            throttle.queue().share(share);
        });
    }

    /** Returns the type of the current policy. */
    String policyType() {
        return throttle.locked(at -> throttle.queue().own.type());
    }

    ThrottleLimits currentLimits() {
        return throttle.locked(at -> throttle.queue().own.limits());
    }

    Share currentShare() {
        return throttle.locked(at -> throttle.queue().share());
    }

    /** Opens, changes or closes the storage; see {@link StorageLifecycle#settle}. */
    CompletableFuture<@Nullable Void> settle(@Nullable BlockFactory by, List<WantedFilter> filters) {
        return storage.settle(by, filters);
    }

    /** Closes open storage if it is lost. */
    CompletableFuture<@Nullable Void> closeIfLost() {
        return storage.closeIfLost();
    }

    /** Reports that the storage is still being opened. */
    void tellIfLate() {
        storage.tellIfLate();
    }

    /** Returns its filters in order. The one that applies its faults is nearest to the backend. */
    Stream<FilterSettings> filters() {
        FaultSettings now = faults.settings();
        Stream<FilterSettings> last =
                now.isEmpty() ? Stream.of() : Stream.of(new FilterSettings(FaultSettings.TYPE, now.toOptions()));
        return Stream.concat(settings.filters().stream(), last);
    }

    /** Returns the open drive; null while its storage is closed. */
    @Nullable
    OpenDrive open() {
        return storage.open();
    }

    /** Cuts the power of the drive; see {@link StorageLifecycle#cutPower}. */
    CompletableFuture<PowerCutReport> cutPower(PowerCut how) {
        return storage.cutPower(how);
    }

    @Override
    public DriveFaults faults() {
        return faults;
    }

    /** Takes the debts away and moves below a group that holds every request until {@link #remove} ends them. */
    void leave(GroupNode exit, Debts debts) {
        throttle.moveTo(exit, () -> {});
        debts.forget(throttle.queue());
        flushes.leave(debts);
    }

    /**
     * Ends the drive for good.
     *
     * @param reason the reason in the log
     * @return completed when the storage is closed
     */
    CompletableFuture<@Nullable Void> remove(String reason) {
        throttle.locked(at -> {
            throttle.queue().own.remove();
            return at;
        });
        CompletableFuture<@Nullable Void> closed = storage.remove(reason);
        Publisher.Publication offer;
        synchronized (this) {
            offer = control;
            control = null;
        }
        if (offer != null) {
            offer.withdraw();
        }
        return closed;
    }

    @Override
    public DriveSnapshot snapshot() {
        OpenDrive now = storage.open();
        int flushesQueued = flushes.waiting();
        List<FilterSnapshot> filters = filters(now);
        List<FaultState> faultStates = faults.list();
        List<ChainPart> parts = parts(now);
        String condition = ChainPart.condition(parts);
        long reconnects = parts.stream().mapToLong(ChainPart::reconnects).sum();
        return throttle.locked(at -> snapshot(
                throttle.queue(), now, flushesQueued, filters, faultStates, condition, reconnects, clock.nanoTime()));
    }

    private DriveSnapshot snapshot(
            BlockQueue queue,
            @Nullable OpenDrive opened,
            int flushesQueued,
            List<FilterSnapshot> filters,
            List<FaultState> faultStates,
            String condition,
            long reconnects,
            long now) {
        String holding = queue.own.reason();
        GroupNode group = queue.parent();
        if (holding.isEmpty() && group != null) {
            holding = group.holding();
        }
        if (holding.isEmpty()) {
            holding = condition;
        }
        String reason = storage.unavailable();
        boolean isUsable = opened != null && reason.isEmpty();
        DriveSnapshot.State state = !isUsable
                ? DriveSnapshot.State.UNAVAILABLE
                : holding.isEmpty() ? DriveSnapshot.State.SERVING : DriveSnapshot.State.HOLDING;
        return new DriveSnapshot(
                settings,
                state,
                isUsable ? holding : reason,
                opened == null ? 0 : opened.size(),
                queue.own.type(),
                queue.own.limits(),
                queue.share(),
                queue.own.debt(now),
                queue.timer(now),
                queue.reads.size(),
                queue.writes.size() + flushesQueued,
                QueueForecast.holders(queue, now),
                opened == null ? 0 : opened.storage().inFlight(),
                filters,
                faultStates,
                storage.statistics().counters(queue.held(), reconnects));
    }

    private static List<FilterSnapshot> filters(@Nullable OpenDrive opened) {
        return opened == null ? List.of() : opened.storage().filters().snapshot();
    }

    private List<ChainPart> parts(@Nullable OpenDrive opened) {
        return opened == null ? List.of() : opened.storage().parts("backend " + settings.backendType());
    }

    @Override
    public DriveLatencies latencies() {
        return new DriveLatencies(
                throttle.queue().heldNanos(), storage.statistics().inBackend());
    }

    @Override
    public DriveHistograms histograms() {
        return new DriveHistograms(
                throttle.queue().heldHistogram(), storage.statistics().backendHistogram());
    }

    @Override
    public List<QueuedRequest> queue() {
        OpenDrive opened = storage.open();
        List<QueuedRequest> requests = new ArrayList<>();
        // the parts nearest to the storage first, because their requests came first
        List<ChainPart> parts = parts(opened);
        for (int i = parts.size() - 1; i >= 0; i--) {
            requests.addAll(parts.get(i).queued(clock));
        }
        if (opened != null) {
            String reason = throttle.locked(at -> throttle.queue().own.reason());
            List<HeldRequest> waiting = opened.storage().waiting(reason);
            long now = clock.nanoTime();
            waiting.forEach(held -> requests.add(ChainPart.queued(held, reason, now)));
        }
        // the time under the lock, because requests may have arrived meanwhile
        requests.addAll(throttle.locked(at -> new QueueForecast(throttle.queue(), clock.nanoTime()))
                .requests());
        requests.addAll(flushes.queue());
        return requests;
    }

    @Override
    public <T> T exclusively(Supplier<T> steps) {
        synchronized (engine) {
            return steps.get();
        }
    }

    @Override
    public void limits(ThrottleLimits limits) {
        change(limits, currentShare());
    }

    @Override
    public void change(ThrottleLimits limits, Share share) {
        engine.change(this, limits, share);
    }

    @Override
    public void policy(String type) {
        engine.change(this, type);
    }

    @Override
    public CompletableFuture<@Nullable Void> reopen() {
        return engine.reopen(this);
    }

    @Override
    public CompletableFuture<@Nullable Void> resize(long size, boolean mayShrink) {
        return storage.resize(size, mayShrink);
    }

    @Override
    public void restore() {
        engine.restore(this);
    }

    @Override
    public CompletableFuture<Boolean> drain(long timeoutNanos) {
        return engine.drain(this, timeoutNanos);
    }
}
