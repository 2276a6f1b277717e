package dev.weir.metrics;

import java.util.Map;

/**
 * A group in JMX: {@code dev.weir:type=Group,name="tenant-a"}. Each value is read on demand. Totals count since the
 * configuration of the group.
 */
public interface GroupMXBean {

    /** Returns why the group holds every request; empty if it does not. */
    String getReason();

    /** Returns the type of its policy. */
    String getPolicy();

    /** Returns the group above, whose limits apply too; empty for none. */
    String getParent();

    /** Returns its limits by key, in the unit of the key: bytes/s, requests/s, bytes or seconds. */
    Map<String, Long> getLimits();

    /** Returns its debt by limit: the time until the debt is paid (ns). */
    Map<String, Long> getOwedNanos();

    /** Returns its weight in the limits above. */
    int getWeight();

    /** Returns its minimum (bytes/s); 0 for none. */
    long getMinBytesPerSecond();

    /** Returns its minimum (requests/s); 0 for none. */
    long getMinRequestsPerSecond();

    /** Returns the number of requests charged to it. */
    long getRequests();

    /** Returns the size of these requests (bytes). */
    long getBytes();

    /** Returns the number of queued requests of all drives below it. */
    int getQueuedRequests();

    /** Returns the number of drives below it that have queued requests. */
    int getWaitingDrives();
}
