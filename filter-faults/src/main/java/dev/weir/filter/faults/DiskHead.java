package dev.weir.filter.faults;

import dev.weir.block.BlockRequest;
import dev.weir.fault.Latency;
import java.util.function.LongSupplier;

/**
 * The head of a hard disk. It serves one request at a time in the order of arrival. A request that begins at the end of
 * the one before needs neither a seek nor a turn, because disks read ahead and write behind.
 *
 * <p>Thread-safe.
 */
final class DiskHead {
    private final LongSupplier size;

    // fields below: guarded by this
    private long position;
    private boolean hasServed;
    private long busyUntil;

    /**
     * Puts the head at the begin of a disk.
     *
     * @param size supplies the size of the disk (bytes)
     */
    DiskHead(LongSupplier size) {
        this.size = size;
    }

    /** Ends the work of the head. Its position stays. */
    synchronized void stop() {
        hasServed = false;
    }

    /**
     * Moves the head to a request, after the requests before it.
     *
     * @param seek the mechanics for this request
     * @param turn the part of a turn until the first sector passes, 0 to 1
     * @param now the time of arrival (ns)
     * @return the time from the arrival until the head is there (ns)
     */
    synchronized long latencyNanos(Latency.Seek seek, BlockRequest request, double turn, long now) {
        long start = hasServed && busyUntil - now > 0 ? busyUntil : now;
        if (!hasServed || request.offset() != position) {
            double distance = (double) Math.abs(request.offset() - position) / Math.max(1, size.getAsLong());
            start += seek.seekNanos(Math.min(1, distance)) + seek.rotationNanos(turn);
        }
        position = request.offset() + request.length();
        busyUntil = start;
        hasServed = true;
        return start - now;
    }
}
