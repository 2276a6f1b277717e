package dev.weir.cluster;

import dev.weir.throttle.LimitKey;
import java.util.List;
import java.util.Map;

/**
 * The drives of a host of the cluster.
 *
 * <p>Immutable, with immutable lists.
 *
 * @param host the name of the host
 * @param hasAnswered whether the host has answered; if not, nothing else is known
 * @param total the number of its drives
 * @param drives its drives, those with most waiting requests and then those with most requests first; at most
 *     {@value #MAX_DRIVES}
 */
public record HostDrives(String host, boolean hasAnswered, int total, List<Summary> drives) {

    /** The most drives of one host. */
    public static final int MAX_DRIVES = 1_000;

    /**
     * A drive in short.
     *
     * @param name its name
     * @param group its group; empty without one
     * @param state {@code serving}, {@code holding} or {@code unavailable}
     * @param requestsPerSecond its requests per second in the last moments
     * @param bytesPerSecond the bytes per second of these requests
     * @param limits its own limits
     * @param queued number of waiting requests
     * @param heldBy the limits that hold the first read and the first write, separated by commas; empty if none waits
     */
    public record Summary(
            String name,
            String group,
            String state,
            long requestsPerSecond,
            long bytesPerSecond,
            Map<LimitKey, Long> limits,
            int queued,
            String heldBy) {}

    /**
     * {@return a host that has not answered}
     *
     * @param host its name
     */
    public static HostDrives silent(String host) {
        return new HostDrives(host, false, 0, List.of());
    }
}
