package dev.weir.config;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives whose storage is not open. A reading of the configuration opens them again. */
final class ClosedDrives {
    private static final Logger LOG = LoggerFactory.getLogger(ClosedDrives.class);

    private ClosedDrives() {}

    /**
     * Returns a line on a drive that does not serve, with the reason; empty if the drive serves or does not exist.
     *
     * @param drives all drives
     */
    static String state(Collection<DriveControl> drives, String name) {
        return drives.stream()
                .filter(drive -> drive.name().equals(name))
                .map(DriveControl::snapshot)
                .filter(drive -> drive.state() != DriveSnapshot.State.SERVING)
                .map(ClosedDrives::state)
                .findFirst()
                .orElse("");
    }

    private static String state(DriveSnapshot drive) {
        return drive.state() == DriveSnapshot.State.HOLDING
                ? "drive %s holds its requests: %s".formatted(drive.name(), drive.reason())
                : "drive %s is defined but not served: %s; Weir tries again by itself"
                        .formatted(drive.name(), drive.reason());
    }

    /**
     * Opens unavailable drives again and waits for them. An open drive with a deleted image stays open, because a
     * client can still save its data.
     *
     * @param drives all drives
     * @param seconds the timeout for all of them together
     */
    static void reopen(Collection<DriveControl> drives, long seconds) throws InterruptedException {
        CompletableFuture<?>[] tried = drives.stream()
                .filter(drive -> !drive.snapshot().isOpen())
                .map(drive -> drive.reopen().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(tried).get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("not every unavailable drive was opened again in time", e);
        }
    }
}
