package dev.weir.drive.control;

import dev.weir.drive.Operation;

/**
 * A request that waits in a drive's queue, at one moment.
 *
 * @param id its number within the drive, counted from 1
 * @param client whose it is, for people
 * @param operation what it asks
 * @param offset where in the drive, in bytes
 * @param length how much, in bytes
 * @param ageNanos how long it has been waiting
 * @param heldBy what holds it when its turn comes: a limit ({@code bps_rd}), a group's ({@code tenant-a: iops}),
 *     {@code turn} if none does, or why there is no policy
 * @param goesInNanos how long until it goes if nothing changes and nothing comes; -1 if that cannot be said
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
