package dev.weir.block;

import java.util.Objects;

/**
 * A request that a device or filter held back at one moment. The limits had released it before. Copied from the request
 * because a request is reused after its completion. A device releases its requests itself, for example after a
 * reconnect. Only the engine may call {@link dev.weir.block.filter.BlockFilter#release}, which releases those of a
 * filter. A request that the limits hold is a {@link dev.weir.drive.control.QueuedRequest}, and {@code ThrottleDomain}
 * of the engine releases it.
 *
 * @param client the {@linkplain BlockRequest#client owner} of the request
 * @param operation the operation
 * @param offset offset in the drive (bytes)
 * @param length length (bytes)
 * @param reason the reason in a few words, for example {@code hang}
 * @param sinceNanos the moment from which it was held (ns of the engine's clock)
 * @param dueNanos the moment at which it goes on (ns of the engine's clock); {@link #UNKNOWN} if that is open
 */
public record HeldRequest(
        Object client, Operation operation, long offset, long length, String reason, long sinceNanos, long dueNanos) {

    /** The due time of a request whose end of holding is not known. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    /**
     * Creates a copy.
     *
     * @param client the owner of the request
     * @param operation the operation
     * @param offset offset in the drive (bytes)
     * @param length length (bytes)
     * @param reason the reason in a few words
     * @param sinceNanos the moment from which it was held (ns)
     * @param dueNanos the moment at which it goes on (ns), or {@link #UNKNOWN}
     */
    public HeldRequest {
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * {@return a copy of a request} The device must still hold the request.
     *
     * @param request the held request
     * @param reason the reason in a few words
     * @param sinceNanos the moment from which it is held (ns)
     * @param dueNanos the moment at which it goes on (ns), or {@link #UNKNOWN}
     */
    public static HeldRequest of(BlockRequest request, String reason, long sinceNanos, long dueNanos) {
        return new HeldRequest(
                request.client(),
                request.operation(),
                request.offset(),
                request.length(),
                reason,
                sinceNanos,
                dueNanos);
    }
}
