package dev.weir.drive.control;

import dev.weir.drive.Drive;
import dev.weir.drive.settings.LimitTree;
import dev.weir.fault.FaultControl;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A configured drive for operators: inspection and live changes. Published as a service from configuration to
 * removal, also while the drive is unavailable. The property {@link Drive#NAME} is its name.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface DriveControl {

    /** {@return the name of the drive for clients and operators} */
    String name();

    /** {@return the consistent state of the drive at one moment} */
    DriveSnapshot snapshot();

    /** {@return the latencies of its requests so far; costs more than a snapshot} */
    DriveLatencies latencies();

    /** {@return the latencies of its requests so far as histograms; costs more than a snapshot} */
    DriveHistograms histograms();

    /** {@return the held requests at one moment in the forecast order of completion} */
    List<QueuedRequest> queue();

    /**
     * Runs steps while no other change of a drive or group can come between them, also none of the configuration. So
     * a step may change what an earlier one has read. The steps must be short and must not wait for another thread.
     *
     * @param steps the steps, which may call this object
     * @param <T> the type of their value
     * @return the value of the steps; what they throw is thrown
     */
    <T> T exclusively(Supplier<T> steps);

    /**
     * Changes the limits. They apply to queued requests too. The change lasts until {@link #restore}, the end of Weir
     * or another value of the same key in this drive's configuration.
     *
     * @param limits the new limits
     * @throws IllegalArgumentException if the drive's policy cannot enforce them; nothing has changed then
     */
    void limits(ThrottleLimits limits);

    /**
     * Changes the limits and the share in the limits of the group together. The change lasts as long as a change of
     * the limits.
     *
     * @param limits the new limits
     * @param share the new weight and minima
     * @throws IllegalArgumentException if the drive's policy cannot enforce the limits or the change breaks a rule of
     *     {@link LimitTree}; nothing has changed then
     */
    void change(ThrottleLimits limits, Share share);

    /**
     * Changes the policy. The new policy takes over the debt. While no bundle provides the type the drive holds its
     * queue. The change lasts until {@link #restore}, the end of Weir or another policy in this drive's
     * configuration.
     *
     * @param type the type of the policy such as {@code slice}
     * @throws IllegalArgumentException if the policy cannot enforce the drive's limits; nothing has changed then
     */
    void policy(String type);

    /**
     * Opens the storage of an unavailable drive without waiting for the engine's next retry. An open drive whose
     * storage is lost is closed first. Does nothing to any other open drive.
     *
     * @return completes when the drive is open or the attempt has failed; the {@linkplain #snapshot() snapshot} tells
     *     which
     */
    CompletionStage<@Nullable Void> reopen();

    /**
     * Changes the size of the drive. Requests wait meanwhile. Queued requests beyond a smaller end fail uncharged. The
     * new size is durable before the first client sees it. It lasts until another size in this drive's configuration
     * or the end of Weir; {@link #restore} keeps it. Clients of an export see it when they connect again.
     *
     * @param size the new size in bytes: a positive multiple of the block size
     * @param mayShrink whether the size may become smaller, which loses the bytes beyond it
     * @return completes when the drive has the size; fails with an {@link java.io.IOException} whose message names the
     *     value and the rule; nothing has changed then
     */
    CompletionStage<@Nullable Void> resize(long size, boolean mayShrink);

    /** {@return the faults on purpose} */
    FaultControl faults();

    /** Undoes the changes: restores limits, share, policy and faults of the drive's configuration. */
    void restore();

    /**
     * Lifts the limits of the drive until it is idle or the timeout expires. For this drive the group's limits are
     * lifted too. Then the limits apply again. Requests released meanwhile are not charged.
     *
     * @param timeoutNanos the longest time without limits (ns)
     * @return completes when the limits apply again with whether the drive became idle; cancelling it restores the
     *     limits
     */
    CompletableFuture<Boolean> drain(long timeoutNanos);
}
