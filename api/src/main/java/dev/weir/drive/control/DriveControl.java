package dev.weir.drive.control;

import dev.weir.drive.Drive;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A configured drive as an operator sees it, whether it can be used at the moment or not. It is a service
 * from when the drive is configured until it is removed, with its name as the property {@link Drive#NAME}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface DriveControl {

    /** {@return the name by which clients and operators know it} */
    String name();

    /** {@return how the drive stands; all of it at one moment} */
    DriveSnapshot snapshot();

    /** {@return how long its requests took so far; dearer than a snapshot, which a display asks for all the time} */
    DriveLatencies latencies();

    /** {@return the waiting requests, all at one moment, in the order in which they would go as things are} */
    List<QueuedRequest> queue();

    /**
     * Changes the limits, also for what is queued. Lasts until the drive's configuration changes or is
     * {@linkplain ConfigurationSource#reload() read again}.
     *
     * @param limits the limits that hold from now on
     * @throws IllegalArgumentException if the drive's policy cannot keep them; nothing has changed then
     */
    void limits(ThrottleLimits limits);

    /**
     * Changes to a policy of another type, which takes over what is owed. While no bundle brings that type,
     * the drive holds its queue. Lasts as long as a change of the limits.
     *
     * @param type the type of the policy, for example {@code slice}
     * @throws IllegalArgumentException if that policy cannot keep the drive's limits; nothing has changed then
     */
    void policy(String type);

    /** Takes back what was changed here: goes on with the limits and the policy of the drive's configuration. */
    void restore();

    /**
     * Lifts the limits of the drive and of its group for this drive, until nothing waits in its queue and nothing is with
     * its backend, or time is up. Then they hold again. What goes meanwhile is charged to no limit.
     *
     * @param timeoutNanos the longest time that the limits stay lifted, in nanoseconds
     * @return completed when the limits hold again, with whether the drive was idle by then; to cancel it restores them
     */
    CompletableFuture<Boolean> drain(long timeoutNanos);
}
