package dev.weir.metrics;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A drive in JMX: {@code dev.weir:type=Drive,name="vm1"}. Each value is read on demand. Totals count since the drive
 * was opened.
 */
public interface DriveMXBean {

    /** Returns {@code SERVING} or {@code HOLDING} or {@code UNAVAILABLE}. */
    String getState();

    /** Returns the reason why the drive is not serving; empty if it is. */
    String getReason();

    /** Returns the type of its policy. */
    String getPolicy();

    /** Returns its group, whose limits apply in addition to its own; empty without a group. */
    String getGroup();

    /** Returns its size (bytes); null while it is not open. */
    @Nullable
    Long getSizeBytes();

    /** Returns its own limits by key, in the unit of the key: bytes/s, requests/s, bytes or seconds. */
    Map<String, Long> getLimits();

    /** Returns its debt by limit: the time until the debt is paid (ns). */
    Map<String, Long> getOwedNanos();

    /** Returns the number of completed reads. */
    long getReads();

    /** Returns the size of completed reads (bytes). */
    long getReadBytes();

    /** Returns the number of completed writes, including write-zeroes and trims. */
    long getWrites();

    /** Returns the size of completed writes, write-zeroes and trims (bytes). */
    long getWriteBytes();

    /** Returns the number of completed flushes. */
    long getFlushes();

    /** Returns the number of requests that completed with an error. */
    long getFailedRequests();

    /** Returns the number of requests that a limit held in the queue. */
    long getHeldRequests();

    /** Returns the number of requests cancelled because their client disconnected. */
    long getCancelledRequests();

    /** Returns how often the backend reached its storage again after it had lost it. */
    long getBackendReconnects();

    /** Returns the number of queued reads. */
    int getQueuedReads();

    /** Returns the number of queued writes, including write-zeroes and trims. */
    int getQueuedWrites();

    /** Returns the number of requests in flight at the backend. */
    int getRequestsInFlight();

    /** Returns the number of times that its timer has fired. */
    long getTimerFirings();

    /** Returns the worst lateness of its timer (ns). */
    long getTimerWorstLateNanos();

    /** Returns the number of requests that each fault on purpose has hit, by name of the fault. */
    Map<String, Long> getFaultRequests();

    /** Returns the number of requests that each fault on purpose holds, by name of the fault. */
    Map<String, Integer> getFaultHeldRequests();
}
