package dev.weir.drive.control;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.fault.FaultState;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a drive at one moment.
 *
 * <p>Immutable, with immutable lists.
 *
 * @param settings the configured settings; live changes may have replaced policy, limits and share
 * @param state availability
 * @param reason why the drive does not serve; empty if it serves
 * @param size size (bytes); 0 while the backend is not open
 * @param policy the type of the current policy
 * @param limits the current limits of the drive itself
 * @param share the current share in the limits of the group
 * @param debt the debt under these limits
 * @param timer the timer that releases the queue
 * @param queuedReads number of queued reads
 * @param queuedWrites number of queued writes, write-zeroes, trims and capped flushes
 * @param heldBy the limits that hold the first read and the first write (see {@link QueuedRequest#heldBy}), separated
 *     by commas; empty if the queue is
 * @param inFlight number of requests that the limits have released: at the filters and the backend
 * @param filters the open filters, the one nearest to the client first; fewer than configured while one is missing
 * @param faults the faults on purpose in their order; empty while the drive is not open
 * @param counters counters since the drive was opened
 */
public record DriveSnapshot(
        DriveSettings settings,
        State state,
        String reason,
        long size,
        String policy,
        ThrottleLimits limits,
        Share share,
        ThrottleDebt debt,
        TimerSnapshot timer,
        int queuedReads,
        int queuedWrites,
        String heldBy,
        int inFlight,
        List<FilterSnapshot> filters,
        List<FaultState> faults,
        Counters counters) {

    /** Availability of a drive. */
    public enum State {
        /** Requests are served within the limits. */
        SERVING,
        /**
         * Requests are queued and none is released because a policy, group or filter is missing. Or the storage does
         * not answer for now.
         */
        HOLDING,
        /**
         * The storage is not open and clients do not see the drive. Or the storage was lost and writes are rejected.
         */
        UNAVAILABLE
    }

    /**
     * The timer of a drive.
     *
     * @param armed whether the timer is armed
     * @param dueInNanos time until it is due (ns); negative if overdue and 0 if not armed
     * @param fired number of firings
     * @param lastLateNanos lateness of the last firing (ns)
     * @param worstLateNanos largest lateness (ns)
     */
    public record TimerSnapshot(boolean armed, long dueInNanos, long fired, long lastLateNanos, long worstLateNanos) {}

    /**
     * Counters of a drive.
     *
     * @param reads completed reads
     * @param readBytes bytes of completed reads
     * @param writes completed writes, write-zeroes and trims
     * @param writeBytes bytes that these covered
     * @param flushes completed flushes
     * @param caches completed prefetches
     * @param blockStatuses completed block status requests
     * @param failed requests completed with an error
     * @param held requests that had to wait in the queue
     * @param cancelled queued requests that were cancelled by their client
     * @param reconnects number of times that the backend reached its storage again after it had lost it
     */
    public record Counters(
            long reads,
            long readBytes,
            long writes,
            long writeBytes,
            long flushes,
            long caches,
            long blockStatuses,
            long failed,
            long held,
            long cancelled,
            long reconnects) {

        /** {@return the number of completed reads and writes, with write-zeroes and trims} */
        public long requests() {
            return reads + writes;
        }

        /** {@return the bytes of these requests} */
        public long bytes() {
            return readBytes + writeBytes;
        }
    }

    /** {@return the name of the drive} */
    public String name() {
        return settings.name();
    }

    /** {@return whether the storage is open; if not, the size is unknown} */
    public boolean isOpen() {
        return state != State.UNAVAILABLE || size > 0;
    }

    /** {@return the group of the drive; null without one} */
    public @Nullable String group() {
        return settings.group();
    }
}
