package dev.weir.drive.control;

import dev.weir.drive.Operation;

/**
 * A request in the queue of a drive, at one moment.
 *
 * @param id number of the request within the drive, counted from 1
 * @param client its client, for people
 * @param operation the operation
 * @param offset offset in the drive, in bytes
 * @param length length in bytes
 * @param ageNanos time in the queue so far, in nanoseconds
 * @param heldBy the limit that holds it when its turn comes ({@code bps_rd}), the cap of {@code flushes}, a limit of its group ({@code tenant-a:
 *     iops}), {@code turn} if no limit does, or the reason why the policy is missing
 * @param goesInNanos forecast of the time until its release, in nanoseconds, if nothing changes and no request
 *     arrives; -1 if unknown
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
