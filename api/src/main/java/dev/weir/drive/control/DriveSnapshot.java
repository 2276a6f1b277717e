package dev.weir.drive.control;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * How a drive stands at one moment.
 *
 * @param settings what it is configured with; the policy and the limits may have been changed since, see below
 * @param state whether it can be used
 * @param reason why it cannot, for people; empty if it can
 * @param size in bytes; 0 while the backend is not open
 * @param policy the type of its policy, as it is now
 * @param limits its own limits, as they are now
 * @param debt what it owes under them
 * @param timer the timer that releases its queue
 * @param queuedReads how many reads wait
 * @param queuedWrites how many writes, write-zeroes, trims and capped flushes wait
 * @param heldBy the limits that hold the first waiting read and write, as {@link QueuedRequest#heldBy} has them, separated by
 *     commas; empty if nothing waits
 * @param inFlight how many requests are with the backend
 * @param counters what it has done since it was opened
 */
public record DriveSnapshot(
        DriveSettings settings,
        State state,
        String reason,
        long size,
        String policy,
        ThrottleLimits limits,
        ThrottleDebt debt,
        TimerSnapshot timer,
        int queuedReads,
        int queuedWrites,
        String heldBy,
        int inFlight,
        Counters counters) {

    /** Availability of a drive. */
    public enum State {
        /** Requests are served within the limits. */
        SERVING,
        /** Requests are queued and none is released, because the policy is missing. */
        HOLDING,
        /** The storage is not open, and clients do not see the drive; or the storage was taken away, and writes are refused. */
        UNAVAILABLE
    }

    /**
     * The timer of a drive.
     *
     * @param armed whether the timer is armed
     * @param dueInNanos time until it is due, in nanoseconds; negative if overdue, 0 if not armed
     * @param fired how often it has fired
     * @param lastLateNanos lateness of the last firing, in nanoseconds
     * @param worstLateNanos largest lateness, in nanoseconds
     */
    public record TimerSnapshot(boolean armed, long dueInNanos, long fired, long lastLateNanos, long worstLateNanos) {}

    /**
     * What a drive has done.
     *
     * @param reads reads completed
     * @param readBytes bytes they read
     * @param writes writes, write-zeroes and trims completed
     * @param writeBytes bytes they covered
     * @param flushes flushes completed
     * @param caches requests to prepare for reading completed
     * @param blockStatuses requests for extents completed
     * @param failed requests completed with an error
     * @param held requests that had to wait in the queue
     * @param cancelled requests that a client took with it
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
            long cancelled) {}

    /** {@return the name of the drive} */
    public String name() {
        return settings.name();
    }

    /** {@return the group of the drive, or null} */
    public @Nullable String group() {
        return settings.group();
    }
}
