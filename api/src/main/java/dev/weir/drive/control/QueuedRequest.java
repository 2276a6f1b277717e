package dev.weir.drive.control;

import dev.weir.block.Operation;

/**
 * A held request of a drive at one moment: in the queue or, once the limits have released it, at a filter or backend.
 *
 * <p>Immutable.
 *
 * @param id number of the request within the queue; the first is 1; {@link #LEFT_THE_QUEUE} after its release
 * @param client its client
 * @param operation the operation
 * @param offset offset in the drive (bytes)
 * @param length length (bytes)
 * @param ageNanos time in the queue, or at its present holder, so far (ns)
 * @param heldBy the reason why it waits at its turn: a limit of the drive ({@code bps_rd}) or of its group ({@code
 *     tenant-a: iops}), the cap of {@code flushes}, {@code turn} if no limit holds it, why the policy is missing, or
 *     what holds it behind the limits ({@code fault: slow-fsync})
 * @param goesInNanos forecast of the time until its release (ns) if nothing changes and no request arrives; -1 if
 *     unknown
 */
public record QueuedRequest(
        long id,
        String client,
        Operation operation,
        long offset,
        long length,
        long ageNanos,
        String heldBy,
        long goesInNanos) {

    /** The number of a request that the limits have released. */
    public static final long LEFT_THE_QUEUE = 0;
}
