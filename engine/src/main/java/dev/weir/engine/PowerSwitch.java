package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.fault.FaultFilter;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the power of a drive and restores it. The storage stays open meanwhile, because a drive in memory would lose
 * everything otherwise.
 *
 * <p>{@link #isOff} is thread-safe. Everything else runs in the steps of the drive.
 */
final class PowerSwitch {
    private static final Logger LOG = LoggerFactory.getLogger(PowerSwitch.class);

    private final StorageLifecycle storage;
    private final Clock clock;
    private final SerialSteps steps;

    /** Made for the first power cut with an end. */
    private @Nullable Timer back;

    /** A power cut whose drive is off. */
    private record Cut(
            OpenDrive drive,
            CompletableFuture<PowerCutReport> result,
            @Nullable PowerCutReport report,
            @Nullable Throwable failure) {}

    /** The current power cut; null while the power is on. */
    private volatile @Nullable Cut cut;

    PowerSwitch(StorageLifecycle storage, Clock clock, SerialSteps steps) {
        this.storage = storage;
        this.clock = clock;
        this.steps = steps;
    }

    boolean isOff() {
        return cut != null;
    }

    /** Plans a power cut; see {@link StorageLifecycle#cutPower}. */
    @SuppressWarnings("FutureReturnValueIgnored") // the result tells of the failure
    void cut(PowerCut how, CompletableFuture<PowerCutReport> result) {
        steps.then(() -> cutNow(how, result)).whenComplete((done, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            }
        });
    }

    private void cutNow(PowerCut how, CompletableFuture<PowerCutReport> result) {
        OpenDrive drive = isOff() ? null : storage.open();
        FaultFilter filter = drive == null ? null : drive.storage().filters().faults();
        if (drive == null || filter == null || filter.unflushed() == null) {
            result.completeExceptionally(new IllegalArgumentException(refusal(storage.name(), drive)));
            return;
        }
        cut = new Cut(drive, result, null, null);
        filter.powerOff();
        storage.powerOff(drive, "its power is cut");
        try {
            PowerCutReport report = filter.cutPower(how);
            cut = new Cut(drive, result, report, null);
            LOG.warn(
                    "drive {}: power cut: {} of {} unflushed writes are lost, {} bytes; keep={} seed={}",
                    storage.name(),
                    report.lostWrites(),
                    report.writes(),
                    report.lostBytes(),
                    how.keep().name().toLowerCase(Locale.ROOT),
                    report.how().seed());
        } catch (IOException | RuntimeException | Error e) {
            cut = new Cut(drive, result, null, e);
            LOG.error("drive {}: its power cut failed", storage.name(), e);
        }
        if (how.afterNanos() > 0) {
            if (back == null) {
                back = clock.timer(this::planBack);
            }
            back.arm(clock.nanoTime() + how.afterNanos());
            storage.show("its power is cut; it comes back %d ms after the cut"
                    .formatted(TimeUnit.NANOSECONDS.toMillis(how.afterNanos())));
        } else {
            comeBack();
        }
    }

    /** Returns why the power of a drive cannot be cut. */
    static String refusal(String name, @Nullable OpenDrive drive) {
        return drive == null
                ? "drive " + name + " is not open"
                : "drive " + name + " keeps no record of unflushed writes; set faults { power-cut = on }";
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the step handles its own failure
    private void planBack() {
        steps.then(this::comeBack);
    }

    private void comeBack() {
        Cut ended = cut;
        if (ended == null) {
            return; // closed meanwhile
        }
        cut = null;
        storage.powerOn(ended.drive);
        LOG.warn("drive {}: its power is back", storage.name());
        if (ended.report != null) {
            ended.result.complete(ended.report);
        } else if (ended.failure != null) {
            ended.result.completeExceptionally(ended.failure);
        }
    }

    /** Ends a power cut because the storage is being closed. */
    void closed(String reason) {
        Cut ended = cut;
        if (ended != null) {
            cut = null;
            if (back != null) {
                back.disarm();
            }
            ended.result.completeExceptionally(
                    new IOException("drive " + storage.name() + " was closed while its power was off: " + reason));
        }
    }
}
