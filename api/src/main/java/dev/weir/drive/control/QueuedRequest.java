package dev.weir.drive.control;

import dev.weir.block.Operation;

/**
 * A request in the queue of a drive at one moment.
 *
 * @param id number of the request within the drive; the first is 1
 * @param client its client
 * @param operation the operation
 * @param offset offset in the drive (bytes)
 * @param length length (bytes)
 * @param ageNanos time in the queue so far (ns)
 * @param heldBy the reason why it waits at its turn: a limit of the drive ({@code bps_rd}) or of its group ({@code
 *     tenant-a: iops}), the cap of {@code flushes}, {@code turn} if no limit holds it, or why the policy is missing
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
        long goesInNanos) {}
