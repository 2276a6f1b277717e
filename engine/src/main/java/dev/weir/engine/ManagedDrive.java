package dev.weir.engine;

import dev.weir.block.BlockBackendFactory;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveLatencies;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.throttle.BlockQueue;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.engine.throttle.PolicySlot;
import dev.weir.engine.throttle.QueueForecast;
import dev.weir.engine.throttle.Throttle;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A configured drive. Its debt outlives its backend, its policy and its settings.
 *
 * <p>Queries are thread-safe. Changes need the engine's lock. Only {@link SerialSteps} open and close the backend and
 * they hold no lock.
 */
final class ManagedDrive implements DriveControl {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedDrive.class);

    /** Service property of the control: why the drive is unavailable. Absent while the drive is served. */
    private static final String REASON = "weir.drive.reason";

    private static final String OPENING = "its backend is being opened";
    private static final String STILL_OPENING = "its backend is still being opened";

    /** Pause between two checks of an open backend. */
    static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Engine engine;
    private final Clock clock;
    private final Publisher publisher;
    private final SerialSteps lifecycle;
    private final Throttle throttle;
    private final Timer nextCheck;
    private volatile DriveSettings settings;

    /** The throttle of flushes; null if the drive never had a cap on flushes. */
    private volatile @Nullable Throttle flushes;

    /** Whether a drain has lifted the limits for now. */
    private boolean isLifted;

    private volatile Statistics statistics = new Statistics();
    private volatile String unavailable;
    private volatile @Nullable OpenDrive open;

    /** The factory that shall open the backend; null if the backend shall be closed. */
    private volatile @Nullable BlockBackendFactory wanted;

    /** Whether the drive has been removed. */
    private volatile boolean removed;

    /** The factory and the settings of the open backend. Used by the lifecycle only. */
    private @Nullable BlockBackendFactory factory;

    private DriveSettings openedAs;

    private final Retry retry;
    private volatile Publisher.@Nullable Publication drive;
    private volatile Publisher.@Nullable Publication control;

    ManagedDrive(
            Engine engine,
            DriveSettings settings,
            @Nullable GroupNode group,
            @Nullable ThrottlePolicyFactory policy,
            Clock clock,
            Publisher publisher,
            SerialSteps lifecycle) {
        this.engine = engine;
        this.clock = clock;
        this.publisher = publisher;
        this.lifecycle = lifecycle;
        this.settings = settings;
        this.openedAs = settings;
        this.unavailable = missingBackend(settings);
        PolicySlot own = new PolicySlot(
                "drive " + settings.name(), settings.policy(), settings.limits(), policy, clock.nanoTime());
        this.throttle = new Throttle(own, clock);
        throttle.moveTo(group, () -> {});
        this.nextCheck = clock.timer(this::check);
        this.retry = new Retry(clock, this::openAgain);
        capFlushes(settings, settings.policy(), policy);
    }

    private static String missingBackend(DriveSettings settings) {
        return "backend " + settings.backendType() + " is missing";
    }

    private Map<String, Object> controlProperties() {
        String reason = unavailable;
        return reason.isEmpty() || reason.equals(OPENING)
                ? Map.of(Drive.NAME, name())
                : Map.of(Drive.NAME, name(), REASON, reason);
    }

    /**
     * Publishes the control.
     *
     * @param hasBackend whether the backend is about to be opened
     */
    void publish(boolean hasBackend) {
        if (hasBackend) {
            unavailable = OPENING;
        }
        control = publisher.publish(DriveControl.class, this, controlProperties());
    }

    private void updateControl() {
        Publisher.Publication offer = control;
        if (offer != null) {
            offer.update(controlProperties());
        }
    }

    @Override
    public String name() {
        return settings.name();
    }

    DriveSettings settings() {
        return settings;
    }

    /** Applies new settings. A change of the backend closes it and opens it again. */
    void configure(
            DriveSettings newSettings,
            @Nullable GroupNode group,
            String policy,
            @Nullable ThrottlePolicyFactory newFactory,
            ThrottleLimits limits) {
        DriveSettings old = settings;
        PolicySlot own = throttle.queue().own;
        throttle.moveTo(isLifted ? null : group, () -> own.reconfigure(policy, newFactory, limits, clock.nanoTime()));
        settings = newSettings;
        capFlushes(newSettings, policy, newFactory);
        updateDriveIfOther(old);
    }

    private void capFlushes(DriveSettings by, String policy, @Nullable ThrottlePolicyFactory newFactory) {
        long perSecond = by.charging().flushesPerSecond();
        ThrottleLimits limits =
                perSecond == 0 ? ThrottleLimits.NONE : ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), perSecond));
        Throttle cap = flushes;
        if (cap != null) {
            cap.locked(at -> {
                cap.queue().own.reconfigure(policy, newFactory, limits, clock.nanoTime());
                cap.queue().limitsChanged();
                return at;
            });
            cap.release();
        } else if (perSecond > 0) {
            PolicySlot slot =
                    new PolicySlot("drive " + by.name() + ": flushes", policy, limits, newFactory, clock.nanoTime());
            flushes = new Throttle(slot, clock);
            OpenDrive now = open;
            if (now != null) {
                now.openFlushes();
            }
        }
    }

    /** Updates the drive's service properties if it was published with other clients. */
    private void updateDriveIfOther(DriveSettings offered) {
        synchronized (lifecycle) {
            Publisher.Publication offer = drive;
            if (offer != null && !offered.clients().equals(settings.clients())) {
                offer.update(settings.serviceProperties());
            }
        }
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
        Throttle cap = flushes;
        if (cap != null) {
            cap.moveTo(null, () -> cap.queue().own.lift(lifted));
        }
    }

    boolean isLifted() {
        return isLifted;
    }

    /** Returns whether the queue is empty and no request is in flight. */
    boolean isIdle() {
        OpenDrive now = open;
        return throttle.locked(at -> throttle.queue().isEmpty())
                && waitingFlushes() == 0
                && (now == null || now.inFlight() == 0);
    }

    private int waitingFlushes() {
        Throttle cap = flushes;
        return cap == null ? 0 : cap.locked(at -> cap.queue().writes.size());
    }

    void policiesChanged(RankedFactories<ThrottlePolicyFactory> policies) {
        installFrom(policies, throttle);
        Throttle cap = flushes;
        if (cap != null) {
            installFrom(policies, cap);
        }
    }

    private void installFrom(RankedFactories<ThrottlePolicyFactory> policies, Throttle of) {
        of.locked(at -> {
            of.queue().own.installFrom(policies::get, clock.nanoTime());
            of.queue().changed();
            return at;
        });
        of.release();
    }

    void reconfigure(String policy, @Nullable ThrottlePolicyFactory newFactory, ThrottleLimits limits) {
        throttle.locked(at -> {
            throttle.queue().own.reconfigure(policy, newFactory, limits, clock.nanoTime());
            throttle.queue().limitsChanged();
            return at;
        });
        throttle.release();
    }

    /** Returns the type of the current policy. */
    String policyType() {
        return throttle.locked(at -> throttle.queue().own.type());
    }

    ThrottleLimits currentLimits() {
        return throttle.locked(at -> throttle.queue().own.limits());
    }

    /**
     * Opens the backend with the current settings and this factory, or closes it.
     *
     * @param by the factory; null if none exists for the type
     * @return completed when the backend has that state, or the reason why it cannot have it is known
     */
    CompletableFuture<@Nullable Void> settle(@Nullable BlockBackendFactory by) {
        wanted = by;
        return lifecycle.then(() -> {
            retry.reset();
            openOrClose();
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the step handles its own failure
    private void openAgain() {
        lifecycle.then(this::openOrClose);
    }

    private void openOrClose() {
        BlockBackendFactory by = wanted;
        if (open != null && (factory != by || isAnotherBackend(openedAs, settings))) {
            close(reasonToClose(by));
        }
        if (open == null && by != null) {
            open(by);
        } else if (open == null) {
            show(missingBackend(settings));
        }
    }

    private String reasonToClose(@Nullable BlockBackendFactory by) {
        if (removed) {
            return "removed";
        }
        if (by == null) {
            return missingBackend(settings);
        }
        return isAnotherBackend(openedAs, settings)
                ? "its backend has another configuration"
                : "its backend is replaced";
    }

    private static boolean isAnotherBackend(DriveSettings one, DriveSettings other) {
        return !one.backendType().equals(other.backendType())
                || !one.backendOptions().equals(other.backendOptions())
                || one.readOnly() != other.readOnly();
    }

    /** Plans the next check. A backend in memory needs none because its storage cannot be lost. */
    private void planCheck(OpenDrive opened) {
        if (opened.mayBlock()) {
            nextCheck.arm(clock.nanoTime() + CHECK_NANOS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the check plans the next one
    private void check() {
        lifecycle.then(this::checkBackend);
    }

    /** Checks an open backend and shows why it is unusable, or that it is usable again. */
    private void checkBackend() {
        OpenDrive now = open;
        if (now == null) {
            return;
        }
        String fault = now.fault();
        if (!fault.equals(unavailable)) {
            if (fault.isEmpty()) {
                LOG.info("drive {}: its backend is usable again", name());
            } else {
                LOG.error("drive {}: {}", name(), fault);
            }
            show(fault);
        }
        planCheck(now);
    }

    /** Closes an open backend if its storage is lost. */
    CompletableFuture<@Nullable Void> closeIfLost() {
        return lifecycle.then(() -> {
            checkBackend();
            if (open != null && !unavailable.isEmpty()) {
                close(unavailable);
            }
        });
    }

    /** Reports that the backend is still being opened. */
    void tellIfLate() {
        synchronized (lifecycle) {
            if (unavailable.equals(OPENING)) {
                show(STILL_OPENING);
            }
        }
    }

    private void show(String reason) {
        synchronized (lifecycle) {
            unavailable = reason;
            updateControl();
        }
    }

    /** Opens the backend and publishes the drive. On failure it shows the reason and plans a retry. */
    private void open(BlockBackendFactory by) {
        DriveSettings with = settings;
        if (!retry.isPending()) {
            show(OPENING);
        }
        try {
            OptionRules.check(by.type(), by.options(), with.backendOptions());
            Statistics counted = new Statistics();
            Storage opened =
                    new Storage(name(), by.open(name(), with.backendOptions(), with.readOnly()), counted, clock);
            statistics = counted;
            factory = by;
            openedAs = with;
            OpenDrive offered =
                    new OpenDrive(name(), with.readOnly(), throttle, opened, counted, () -> flushes, () -> settings);
            throttle.open(opened);
            open = offered;
            retry.reset();
            offered.openFlushes();
            show("");
            drive = publisher.publish(Drive.class, offered, with.serviceProperties());
            updateDriveIfOther(with);
            planCheck(offered);
            LOG.info("drive {} is open: {} {}", name(), with.backendType(), with.backendOptions());
        } catch (IOException | RuntimeException | Error e) {
            String reason = e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString();
            if (!reason.equals(unavailable)) {
                LOG.error("drive {} cannot be opened: {}", name(), reason);
            }
            show(reason);
            retry.later();
        }
    }

    /** Withdraws the drive, ends queued requests, waits for requests in flight and closes the backend. */
    private void close(String reason) {
        Publisher.Publication offer;
        synchronized (lifecycle) {
            offer = drive;
            drive = null;
        }
        if (offer != null) {
            offer.withdraw();
        }
        OpenDrive closing = open;
        open = null;
        nextCheck.disarm();
        show(reason);
        if (closing != null) {
            closing.close(requests -> {
                LOG.warn("drive {}: its backend still has {} requests; it is closed when they end", name(), requests);
                show(reason + ", and its backend still has " + requests + " requests");
            });
            LOG.info("drive {} is closed: {}", name(), reason);
            show(reason);
        }
        factory = null;
    }

    /**
     * Ends the drive for good.
     *
     * @return completed when the backend is closed
     */
    CompletableFuture<@Nullable Void> remove() {
        removed = true;
        CompletableFuture<@Nullable Void> closed = settle(null);
        Publisher.Publication offer;
        synchronized (lifecycle) {
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
        int flushesQueued = waitingFlushes();
        return throttle.locked(at -> {
            BlockQueue queue = throttle.queue();
            OpenDrive now = open;
            return snapshot(queue, now, flushesQueued, clock.nanoTime());
        });
    }

    private DriveSnapshot snapshot(BlockQueue queue, @Nullable OpenDrive opened, int flushesQueued, long now) {
        String holding = queue.own.reason();
        for (GroupNode group = queue.parent(); group != null && holding.isEmpty(); group = group.parent()) {
            holding = group.own.isHolding() ? "group " + group.name() + ": " + group.own.reason() : "";
        }
        String reason = unavailable;
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
                queue.own.debt(now),
                queue.timer(now),
                queue.reads.size(),
                queue.writes.size() + flushesQueued,
                QueueForecast.holders(queue, now),
                opened == null ? 0 : opened.inFlight(),
                statistics.counters(queue.held()));
    }

    @Override
    public DriveLatencies latencies() {
        return new DriveLatencies(throttle.queue().heldNanos(), statistics.inBackend());
    }

    @Override
    public List<QueuedRequest> queue() {
        List<QueuedRequest> requests = throttle.locked(at -> new QueueForecast(throttle.queue(), clock.nanoTime()))
                .requests();
        Throttle cap = flushes;
        if (cap == null) {
            return requests;
        }
        List<QueuedRequest> held = cap.locked(at -> new QueueForecast(cap.queue(), clock.nanoTime()))
                .requests();
        return Stream.concat(requests.stream(), held.stream().map(ManagedDrive::heldByCap))
                .toList();
    }

    private static QueuedRequest heldByCap(QueuedRequest flush) {
        return new QueuedRequest(
                flush.id(),
                flush.client(),
                flush.operation(),
                flush.offset(),
                flush.length(),
                flush.ageNanos(),
                "flushes",
                flush.goesInNanos());
    }

    @Override
    public void limits(ThrottleLimits limits) {
        engine.change(this, null, limits);
    }

    @Override
    public void policy(String type) {
        engine.change(this, type, null);
    }

    @Override
    public CompletableFuture<@Nullable Void> reopen() {
        return engine.reopen(this);
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
