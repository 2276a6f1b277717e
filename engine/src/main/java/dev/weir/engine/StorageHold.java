package dev.weir.engine;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.clock.RetryTimer;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.storage.WantedFilter;
import dev.weir.engine.throttle.Throttle;
import dev.weir.log.PlainText;
import dev.weir.unit.Measure;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Holds every request of a drive while its open storage changes, or while its filters cannot serve. It also decides
 * how loud the log is about faults of the storage and their end.
 *
 * <p>Used by the {@link SerialSteps} of the drive only.
 */
final class StorageHold {
    private static final Logger LOG = LoggerFactory.getLogger(StorageHold.class);

    private static final String RESIZING = "its size is being changed";

    /** A change of stopped storage. */
    @FunctionalInterface
    interface Change {
        void run() throws IOException;
    }

    private final String drive;
    private final Throttle throttle;
    private final FlushCap flushes;
    private final RetryTimer retry;

    /** Why every request is held; empty if none is. */
    private String reason = "";

    /** Whether the log has an error or a warning without its end. */
    private boolean isFaulty;

    /** Why the storage could not be opened last; empty if it could. */
    private String lastFailure = "";

    private @Nullable DriveSettings failedAs;

    /**
     * Creates a hold that has not begun.
     *
     * @param retry opens or changes the storage again later
     */
    StorageHold(String drive, Throttle throttle, FlushCap flushes, RetryTimer retry) {
        this.drive = drive;
        this.throttle = throttle;
        this.flushes = flushes;
        this.retry = retry;
    }

    /** Returns why every request is held; empty if none is. */
    String reason() {
        return reason;
    }

    /** Holds every request from now on. An empty reason lets them go. */
    void begin(String newReason) {
        reason = newReason;
        throttle.change(slot -> slot.hold(newReason));
        flushes.hold(newReason);
    }

    /**
     * Logs why the storage could not be opened, once for the same settings. The first failure of exchanged storage is
     * no error yet, because another drive of the same change may still close what this one opens.
     */
    void failedToOpen(String failure, DriveSettings with, boolean isExchanged) {
        if (isExchanged) {
            LOG.info("drive {} is not open yet: {}", drive, failure);
            return;
        }
        noteFault();
        if (!failure.equals(lastFailure) || !Objects.equals(failedAs, with)) {
            LOG.error("drive {} cannot be opened: {}", drive, failure);
        }
        lastFailure = failure;
        failedAs = with;
    }

    /** Forgets the failure of earlier attempts to open the storage. */
    void opened() {
        lastFailure = "";
    }

    /** Passes on the requests that waited for the storage, and then those in the queue. */
    void end(Storage storage) {
        retry.reset();
        storage.resume();
        begin("");
    }

    /**
     * Changes the filters of stopped storage. If one is missing or refuses its options then the drive holds every
     * request, uncharged, and a retry is planned.
     */
    boolean areReplaced(Storage storage, List<WantedFilter> filters) {
        try {
            storage.filters().change(filters);
            return true;
        } catch (IOException e) {
            String why = PlainText.of(String.valueOf(e.getMessage()));
            noteFault();
            if (!why.equals(reason)) {
                LOG.warn("drive {} holds its queue: {}", drive, why);
            }
            begin(why);
            retry.later();
            return false;
        }
    }

    /**
     * Changes the size of storage while no request is in flight. Fails the requests that are then beyond its end.
     *
     * @throws IOException if the change fails, or requests are held already
     */
    void whileResizing(OpenDrive opened, Change change) throws IOException {
        if (!reason.isEmpty()) {
            throw new IOException("drive " + drive + " holds its queue: " + reason);
        }
        long before = opened.size();
        Storage storage = opened.storage();
        begin(RESIZING);
        storage.stop(requests ->
                LOG.warn("drive {}: its size changes when its {} requests in flight have ended", drive, requests));
        try {
            change.run();
        } finally {
            // the same filters once more: they have passed on their requests, and their size may be another one now
            if (areReplaced(storage, storage.filters().wanted())) {
                opened.resized();
                end(storage);
            }
        }
        LOG.info("drive {} has {} now and had {}", drive, Measure.sizeText(opened.size()), Measure.sizeText(before));
    }

    /** Notes that the log has an error or a warning. */
    void noteFault() {
        isFaulty = true;
    }

    /** Returns the level of a message that may end an error: it is as loud as the error. */
    Level levelOfEnd() {
        Level level = isFaulty ? Level.WARN : Level.INFO;
        isFaulty = false;
        return level;
    }
}
