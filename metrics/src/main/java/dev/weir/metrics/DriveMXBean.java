package dev.weir.metrics;

import java.util.Map;

/**
 * A drive as JMX shows it, {@code dev.weir:type=Drive,name="vm1"}. Each value is read when it is asked for; totals
 * count since the drive was opened.
 */
public interface DriveMXBean {

    /** Returns {@code SERVING}, {@code HOLDING} or {@code UNAVAILABLE}. */
    String getState();

    /** Returns why it does not serve; empty if it does. */
    String getReason();

    /** Returns the type of its policy. */
    String getPolicy();

    /** Returns the group whose limits hold beside its own; empty if it is in none. */
    String getGroup();

    /** Returns its size in bytes; 0 while it is not open. */
    long getSizeBytes();

    /** Returns its own limits by key, in bytes per second, requests per second, seconds or bytes, as the key has it. */
    Map<String, Long> getLimits();

    /** Returns what it owes under each of its limits: the nanoseconds until that is clear. */
    Map<String, Long> getOwedNanos();

    /** Returns how many reads were completed. */
    long getReads();

    /** Returns how many bytes were read. */
    long getReadBytes();

    /** Returns how many writes, write-zeroes and trims were completed. */
    long getWrites();

    /** Returns how many bytes those covered. */
    long getWriteBytes();

    /** Returns how many flushes were completed. */
    long getFlushes();

    /** Returns how many requests were completed with an error. */
    long getFailedRequests();

    /** Returns how many requests had to wait in the queue. */
    long getHeldRequests();

    /** Returns how many requests a client took with it. */
    long getCancelledRequests();

    /** Returns how many reads wait. */
    int getQueuedReads();

    /** Returns how many writes, write-zeroes and trims wait. */
    int getQueuedWrites();

    /** Returns how many requests are with the backend. */
    int getRequestsInFlight();

    /** Returns how often its timer has fired. */
    long getTimerFirings();

    /** Returns how much later than asked its timer fired at worst, in nanoseconds. */
    long getTimerWorstLateNanos();
}
