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
import dev.weir.engine.throttle.PolicySlot;
import dev.weir.engine.throttle.QueueForecast;
import dev.weir.engine.throttle.Throttle;
import dev.weir.engine.throttle.ThrottleDomain;
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
 * A configured drive. What it owes outlives its backend, its policy and its settings.
 *
 * <p>What reads is thread-safe. What changes it is called with the engine's lock, except that its backend is opened
 * and closed by its {@link SerialSteps}, where no lock is held.
 */
final class ManagedDrive implements DriveControl {
    private static final Logger log = LoggerFactory.getLogger(ManagedDrive.class);

    /** The service property of a drive's control that says why the drive is not served; absent if it is. */
    private static final String REASON = "weir.drive.reason";

    private static final String OPENING = "its backend is being opened";

    /** Pause between two looks at an open backend. */
    static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Engine engine;
    private final Clock clock;
    private final Publisher publisher;
    private final SerialSteps lifecycle;
    private final Throttle throttle;
    private final Timer nextCheck;
    private volatile DriveSettings settings;

    /** Holds flushes; null if the drive never had a cap of them. */
    private volatile @Nullable Throttle flushes;

    /** Whether its limits do not hold at the moment, because it drains. */
    private boolean isLifted;

    private volatile Statistics statistics = new Statistics();
    private volatile String unavailable;
    private volatile @Nullable OpenDrive open;

    /** Who is to open the backend; null if it is to be closed. */
    private volatile @Nullable BlockBackendFactory wanted;

    /** Whether it has been told to end. */
    private volatile boolean removed;

    /** Who opened the backend, and as what. The lifecycle's. */
    private @Nullable BlockBackendFactory factory;

    private DriveSettings openedAs;

    private final Retry retry;
    private volatile Publisher.@Nullable Publication drive;
    private volatile Publisher.@Nullable Publication control;

    ManagedDrive(
            Engine engine,
            DriveSettings settings,
            ThrottleDomain domain,
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
        this.throttle = new Throttle(own, clock, domain);
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
     * Offers the control.
     *
     * @param hasBackend whether it is about to be opened
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

    /** Takes over other settings; if they are about the backend, it is closed and has to be opened again. */
    void configure(
            DriveSettings newSettings,
            ThrottleDomain domain,
            String policy,
            @Nullable ThrottlePolicyFactory newFactory,
            ThrottleLimits limits) {
        DriveSettings old = settings;
        PolicySlot own = throttle.queue().own;
        throttle.moveTo(
                isLifted ? domainOf(null) : domain,
                () -> own.reconfigure(policy, newFactory, limits, clock.nanoTime()));
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
            flushes = new Throttle(slot, clock, new ThrottleDomain(clock, null));
            OpenDrive now = open;
            if (now != null) {
                now.openFlushes();
            }
        }
    }

    /** Tells of the drive what its settings say now, if it was offered with others. */
    private void updateDriveIfOther(DriveSettings offered) {
        synchronized (lifecycle) {
            Publisher.Publication offer = drive;
            if (offer != null && !offered.clients().equals(settings.clients())) {
                offer.update(settings.serviceProperties());
            }
        }
    }

    void moveTo(ThrottleDomain domain) {
        throttle.moveTo(isLifted ? domainOf(null) : domain, () -> {});
    }

    private ThrottleDomain domainOf(@Nullable PolicySlot group) {
        return new ThrottleDomain(clock, group);
    }

    /**
     * Lifts the limits of the drive and of its group for this drive, or restores them.
     *
     * @param domain of the drive's group
     */
    void lift(boolean lifted, ThrottleDomain domain) {
        isLifted = lifted;
        throttle.moveTo(
                lifted ? domainOf(null) : domain, () -> throttle.queue().own.lift(lifted));
        Throttle cap = flushes;
        if (cap != null) {
            cap.moveTo(domainOf(null), () -> cap.queue().own.lift(lifted));
        }
    }

    boolean isLifted() {
        return isLifted;
    }

    /** Returns whether nothing waits in its queue and nothing is with its backend. */
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

    /** Returns the type of its policy, as it is now. */
    String policyType() {
        return throttle.locked(at -> throttle.queue().own.type());
    }

    ThrottleLimits currentLimits() {
        return throttle.locked(at -> throttle.queue().own.limits());
    }

    /**
     * Sees to it that the backend is open, with these settings and by this factory, or closed.
     *
     * @param by null if there is none for it
     * @return completed when that is so, or it is known why it cannot be
     */
    CompletableFuture<@Nullable Void> settle(@Nullable BlockBackendFactory by) {
        wanted = by;
        return lifecycle.then(() -> {
            retry.reset();
            openOrClose();
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a try that fails is followed by another
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
            stands(missingBackend(settings));
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

    /** Storage that is slower than memory can be taken away. */
    private void planCheck(OpenDrive opened) {
        if (opened.mayBlock()) {
            nextCheck.arm(clock.nanoTime() + CHECK_NANOS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a check that fails is followed by another
    private void check() {
        lifecycle.then(this::checkBackend);
    }

    /** Shows why an open backend is not fit for use any more, or that it is again. */
    private void checkBackend() {
        OpenDrive now = open;
        if (now == null) {
            return;
        }
        String fault = now.fault();
        if (!fault.equals(unavailable)) {
            if (fault.isEmpty()) {
                log.info("drive {}: its backend can be used again", name());
            } else {
                log.error("drive {}: {}", name(), fault);
            }
            stands(fault);
        }
        planCheck(now);
    }

    /** Closes an open backend whose storage is gone. */
    CompletableFuture<@Nullable Void> closeIfLost() {
        return lifecycle.then(() -> {
            checkBackend();
            if (open != null && !unavailable.isEmpty()) {
                close(unavailable);
            }
        });
    }

    /** Says that its backend is still being opened, if that is so. */
    void tellIfLate() {
        synchronized (lifecycle) {
            if (unavailable.equals(OPENING)) {
                stands(OPENING + ", and takes long");
            }
        }
    }

    private void stands(String reason) {
        synchronized (lifecycle) {
            unavailable = reason;
            updateControl();
        }
    }

    /** Opens the backend and offers the drive; if that fails, it says why and stays as it was. */
    private void open(BlockBackendFactory by) {
        DriveSettings with = settings;
        if (!retry.isPending()) {
            stands(OPENING);
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
            stands("");
            drive = publisher.publish(Drive.class, offered, with.serviceProperties());
            updateDriveIfOther(with);
            planCheck(offered);
            log.info("drive {} is open: {} {}", name(), with.backendType(), with.backendOptions());
        } catch (IOException | RuntimeException | Error e) {
            String reason = e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString();
            if (!reason.equals(unavailable)) {
                log.error("drive {} cannot be opened: {}", name(), reason);
            }
            stands(reason);
            retry.later();
        }
    }

    /** Takes the drive off the list, ends what is queued, waits for what is with the backend, and closes that. */
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
        stands(reason);
        if (closing != null) {
            closing.close(requests -> {
                log.warn("drive {}: its backend still has {} requests; it is closed when they end", name(), requests);
                stands(reason + ", and its backend still has " + requests + " requests");
            });
            log.info("drive {} is closed: {}", name(), reason);
            stands(reason);
        }
        factory = null;
    }

    /**
     * Ends the drive; it is not used again.
     *
     * @return completed when its backend is closed
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
            return snapshot(at, queue, now, flushesQueued, clock.nanoTime());
        });
    }

    private DriveSnapshot snapshot(
            ThrottleDomain at, BlockQueue queue, @Nullable OpenDrive opened, int flushesQueued, long now) {
        String holding = queue.own.reason();
        PolicySlot group = at.group();
        if (holding.isEmpty() && group != null && group.isHolding()) {
            holding = "group " + settings.group() + ": " + group.reason();
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
                QueueForecast.holders(queue, group, String.valueOf(settings.group()), now),
                opened == null ? 0 : opened.inFlight(),
                statistics.counters(queue.held()));
    }

    @Override
    public DriveLatencies latencies() {
        return new DriveLatencies(throttle.queue().heldNanos(), statistics.inBackend());
    }

    @Override
    public List<QueuedRequest> queue() {
        String group = String.valueOf(settings.group());
        List<QueuedRequest> requests = throttle.locked(
                        at -> new QueueForecast(throttle.queue(), at, group, clock.nanoTime()))
                .requests();
        Throttle cap = flushes;
        if (cap == null) {
            return requests;
        }
        List<QueuedRequest> held = cap.locked(at -> new QueueForecast(cap.queue(), at, group, clock.nanoTime()))
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
