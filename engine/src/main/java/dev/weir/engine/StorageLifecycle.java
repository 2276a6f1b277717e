package dev.weir.engine;

import dev.weir.block.BlockFactory;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.clock.RetryTimer;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.storage.WantedFilter;
import dev.weir.engine.throttle.Throttle;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage of a drive from its configuration to its removal: opens, checks, changes and closes it, and publishes
 * the drive while it is open.
 *
 * <p>Queries are thread-safe. Changes need the engine's lock. Only {@link SerialSteps} open and close the storage and
 * they hold no lock.
 */
final class StorageLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(StorageLifecycle.class);

    static final String OPENING = "its backend is being opened";
    private static final String STILL_OPENING = "its backend is still being opened";
    private static final String CHANGING = "its filters are being changed";

    /** Pause between two checks of open storage. */
    static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** The factories that shall serve the drive. */
    private record Wanted(@Nullable BlockFactory backend, List<WantedFilter> filters) {}

    private final Supplier<DriveSettings> settings;
    private final Clock clock;
    private final Publisher publisher;
    private final SerialSteps steps;
    private final Throttle throttle;
    private final FlushCap flushes;
    private final Consumer<String> onChange;
    private final RetryTimer retry;
    private final PowerSwitch powerSwitch;

    private volatile Statistics statistics = new Statistics();
    private volatile String unavailable;
    private volatile @Nullable OpenDrive open;

    /** Without a backend the storage shall be closed. */
    private volatile Wanted wanted = new Wanted(null, List.of());

    /** Why the drive has ended for good; empty before that. */
    private volatile String end = "";

    /** The factory and the settings of the open storage. Used by the steps only. */
    private @Nullable BlockFactory factory;

    private DriveSettings openedAs;
    private @Nullable Timer nextCheck; // made for the first check

    private final StorageHold hold;
    private final DriveSize size;

    private volatile Publisher.@Nullable Publication drive;

    /**
     * Creates closed storage.
     *
     * @param settings the current settings of the drive
     * @param onChange receives why the drive is unavailable, or an empty text, at each change
     */
    StorageLifecycle(
            Supplier<DriveSettings> settings,
            Throttle throttle,
            FlushCap flushes,
            Clock clock,
            Publisher publisher,
            SerialSteps steps,
            Consumer<String> onChange) {
        this.settings = settings;
        this.throttle = throttle;
        this.flushes = flushes;
        this.clock = clock;
        this.publisher = publisher;
        this.steps = steps;
        this.onChange = onChange;
        this.openedAs = settings.get();
        this.unavailable = BackendChange.missing(openedAs);
        this.retry = new RetryTimer(clock, this::openAgain);
        this.powerSwitch = new PowerSwitch(this, clock, steps);
        this.hold = new StorageHold(openedAs.name(), throttle, flushes, retry);
        this.size = new DriveSize(hold);
    }

    String name() {
        return openedAs.name();
    }

    /** Returns the open drive; null while its storage is closed. */
    @Nullable
    OpenDrive open() {
        return open;
    }

    /** Returns the statistics since the storage was opened last. */
    Statistics statistics() {
        return statistics;
    }

    /**
     * Cuts the power of the drive.
     *
     * @param how the fate of the unflushed writes
     * @return completed with the report when the drive is back
     */
    CompletableFuture<PowerCutReport> cutPower(PowerCut how) {
        CompletableFuture<PowerCutReport> report = new CompletableFuture<>();
        powerSwitch.cut(how, report);
        return report;
    }

    /** Returns why the drive is unavailable; empty if it serves. */
    String unavailable() {
        return unavailable;
    }

    /** Shows that the storage is about to be opened, before the control is published. */
    void expect() {
        unavailable = OPENING;
    }

    /** Updates the drive's service properties if it was published with other clients. */
    void updateDriveIfOther(DriveSettings offered) {
        synchronized (steps) {
            Publisher.Publication offer = drive;
            if (offer != null && !offered.clients().equals(settings.get().clients())) {
                offer.update(settings.get().serviceProperties());
            }
        }
    }

    /**
     * Opens the storage with the current settings and these factories, or closes it.
     *
     * @param by the factory; null if none exists for the type
     * @param filters the filters, first the one that sees a request first
     * @return completed when the storage has that state, or the reason why it cannot have it is known
     */
    CompletableFuture<@Nullable Void> settle(@Nullable BlockFactory by, List<WantedFilter> filters) {
        wanted = new Wanted(by, filters);
        return steps.then(() -> {
            retry.reset();
            openOrClose();
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the step handles its own failure
    private void openAgain() {
        steps.then(this::openOrClose);
    }

    private void openOrClose() {
        Wanted now = wanted;
        DriveSettings with = settings.get();
        BlockFactory by = now.backend;
        boolean isExchanged = open != null && (factory != by || BackendChange.isAnother(openedAs, with));
        if (isExchanged) {
            close(end.isEmpty() ? BackendChange.reason(by, openedAs, with) : end);
        }
        OpenDrive opened = open;
        if (by == null) {
            show(BackendChange.missing(settings.get()));
        } else if (opened == null) {
            open(by, now.filters, isExchanged);
        } else if (!powerSwitch.isOff()) { // otherwise the power brings the new filters
            changeFilters(opened, by, now.filters);
            if (open == opened && size.followsConfiguration(opened, openedAs, with)) {
                openedAs = with;
            }
        }
    }

    /** Changes the size; see {@link dev.weir.drive.control.DriveControl#resize}. */
    @SuppressWarnings("FutureReturnValueIgnored") // the step completes the result
    CompletableFuture<@Nullable Void> resize(long newSize, boolean mayShrink) {
        CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
        steps.then(() -> {
            try {
                OpenDrive now = open;
                if (now == null || !unavailable.isEmpty()) {
                    throw new IOException("drive " + name() + " is unavailable: " + unavailable);
                }
                size.change(now, newSize, mayShrink);
                result.complete(null);
            } catch (IOException | RuntimeException | Error e) {
                result.completeExceptionally(new IOException(FailureText.of(e), e));
            }
        });
        return result;
    }

    /** Plans the next check. Memory needs none because it cannot be lost. */
    private void planCheck(OpenDrive opened) {
        if (!opened.storage().isMemory()) {
            nextCheck = nextCheck == null ? clock.timer(this::check) : nextCheck;
            nextCheck.arm(clock.nanoTime() + CHECK_NANOS);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the check plans the next one
    private void check() {
        steps.then(this::checkStorage);
    }

    /** Checks open storage and shows why it is unusable, or that it is usable again. */
    private void checkStorage() {
        OpenDrive now = open;
        if (now == null || powerSwitch.isOff()) {
            return;
        }
        String fault = now.storage().fault();
        if (!fault.equals(unavailable)) {
            if (fault.isEmpty()) {
                hold.levelOfEnd();
                LOG.warn("drive {}: its backend is usable again", name());
            } else {
                hold.noteFault();
                LOG.error("drive {}: {}", name(), fault);
            }
            show(fault);
        }
        if (fault.isEmpty()) {
            size.followStorage(now);
        }
        planCheck(now);
    }

    /** Closes open storage if it is lost. */
    CompletableFuture<@Nullable Void> closeIfLost() {
        return steps.then(() -> {
            checkStorage();
            if (open != null && !unavailable.isEmpty() && !powerSwitch.isOff()) {
                close(unavailable);
            }
        });
    }

    /** Reports that the storage is still being opened. */
    void tellIfLate() {
        synchronized (steps) {
            if (unavailable.equals(OPENING)) {
                show(STILL_OPENING);
            }
        }
    }

    /** Withdraws the drive and ends its requests. The storage stays open and stopped. */
    void powerOff(OpenDrive ended, String reason) {
        show(reason); // first, as in a close
        withdraw();
        ended.end(requests ->
                LOG.warn("drive {}: its power is cut when its {} requests in flight have ended", name(), requests));
    }

    /** Publishes the drive of the storage again, with the filters that are wanted now. */
    void powerOn(OpenDrive ended) {
        Storage storage = ended.storage();
        if (hold.areReplaced(storage, wanted.filters)) {
            hold.end(storage);
        }
        publish(new OpenDrive(name(), openedAs.readOnly(), throttle, flushes, storage, statistics, settings));
    }

    void show(String reason) {
        synchronized (steps) {
            unavailable = reason;
            onChange.accept(reason);
        }
    }

    /** Opens and publishes the drive, or plans a retry. Another drive may still use exchanged storage. */
    private void open(BlockFactory by, List<WantedFilter> filters, boolean isExchanged) {
        DriveSettings with = settings.get();
        if (!retry.isPending()) {
            show(OPENING);
        }
        try {
            Statistics counted = new Statistics();
            Storage opened = Storage.open(by, size.toOpen(with, openedAs), counted, clock);
            retry.reset();
            hold.opened();
            statistics = counted;
            factory = by;
            openedAs = with;
            if (hold.areReplaced(opened, filters)) {
                hold.end(opened);
            }
            publish(new OpenDrive(with.name(), with.readOnly(), throttle, flushes, opened, counted, settings));
            LOG.atLevel(hold.levelOfEnd())
                    .log("drive {} is open: {} {}", name(), with.backendType(), with.backendOptions());
        } catch (IOException | RuntimeException | Error e) {
            String reason = FailureText.of(e);
            hold.failedToOpen(reason, with, isExchanged);
            show(reason);
            retry.later();
        }
    }

    private void publish(OpenDrive opened) {
        opened.start();
        open = opened;
        drive = publisher.publish(Drive.class, opened, openedAs.serviceProperties());
        updateDriveIfOther(openedAs);
        show(""); // last, so that it is served when it is said to be
        planCheck(opened);
    }

    /** Gives the open storage these filters. Opens it again if clients would see another kind of drive. */
    private void changeFilters(OpenDrive opened, BlockFactory by, List<WantedFilter> filters) {
        Storage storage = opened.storage();
        if (storage.filters().canConfigure(filters)) {
            try {
                storage.filters().configure(filters);
                return;
            } catch (IOException e) {
                LOG.debug("drive {}: a filter refuses its options", name(), e);
            }
        }
        hold.begin(hold.reason().isEmpty() ? CHANGING : hold.reason());
        storage.stop(requests ->
                LOG.warn("drive {}: its filters change when its {} requests in flight have ended", name(), requests));
        if (!hold.areReplaced(storage, filters)) {
            return;
        }
        if (opened.isOutdated()) {
            close("its filters change its block size or make it read-only");
            open(by, filters, false);
        } else {
            hold.end(storage);
            LOG.atLevel(hold.levelOfEnd()).log("drive {} goes on; filters: {}", name(), filters.size());
        }
    }

    /** Withdraws the drive and ends its checks. */
    private void withdraw() {
        if (nextCheck != null) {
            nextCheck.disarm();
        }
        Publisher.Publication offer;
        synchronized (steps) {
            offer = drive;
            drive = null;
        }
        if (offer != null) {
            offer.withdraw();
        }
    }

    /** Withdraws the drive, ends queued requests, waits for requests in flight and closes the storage. */
    private void close(String reason) {
        powerSwitch.closed(reason);
        show(reason); // first, so that it is never said to be served when it is not
        withdraw();
        OpenDrive closing = open;
        open = null;
        if (closing != null) {
            closing.close(requests -> {
                LOG.warn("drive {}: its backend still has {} requests; it is closed when they end", name(), requests);
                show(reason + ", and its backend still has " + requests + " requests");
            });
            LOG.info("drive {} is closed: {}", name(), reason);
            show(reason);
        }
        hold.begin("");
        factory = null;
    }

    /**
     * Closes the storage for good.
     *
     * @param reason the reason in the log
     * @return completed when the storage is closed
     */
    CompletableFuture<@Nullable Void> remove(String reason) {
        end = reason;
        return settle(null, List.of());
    }
}
