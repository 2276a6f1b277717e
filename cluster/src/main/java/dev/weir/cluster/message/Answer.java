package dev.weir.cluster.message;

import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.HostDrives;
import java.util.Map;

/**
 * An answer to a {@link Question}.
 *
 * @param id the number of the question
 * @param shares the shares of all hosts by group; empty unless the host is the coordinator and was asked for them
 * @param drives the drives of the host; without an answer unless it was asked for them
 * @param refusal the reason why limits cannot be saved; empty if they can
 */
public record Answer(long id, Map<String, Shares> shares, HostDrives drives, String refusal) {

    /** Returns an answer with shares. */
    public static Answer of(long id, Map<String, Shares> shares) {
        return new Answer(id, shares, HostDrives.silent(""), "");
    }

    /** Returns an answer with drives. */
    public static Answer of(long id, HostDrives drives) {
        return new Answer(id, Map.of(), drives, "");
    }

    /** Returns an answer about limits to save. */
    public static Answer of(long id, String refusal) {
        return new Answer(id, Map.of(), HostDrives.silent(""), refusal);
    }
}
