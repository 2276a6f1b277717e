package dev.weir.cluster.message;

import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.HostDrives;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a {@link Question}.
 *
 * @param id the number of the question
 * @param shares the shares of all hosts by group; empty unless the host is the coordinator and was asked for them
 * @param drives the drives of the host; without an answer unless it was asked for them
 * @param refusal the reason why limits cannot be saved or changed; empty if they can
 * @param terms the limits after a change; null if there was none, because it was refused or the host is not the
 *     coordinator
 */
public record Answer(
        long id, Map<String, Shares> shares, HostDrives drives, String refusal, @Nullable GroupTerms terms) {

    /** Returns an answer with shares. */
    public static Answer of(long id, Map<String, Shares> shares) {
        return new Answer(id, shares, HostDrives.silent(""), "", null);
    }

    /** Returns an answer with drives. */
    public static Answer of(long id, HostDrives drives) {
        return new Answer(id, Map.of(), drives, "", null);
    }

    /** Returns an answer about limits to save or to change. */
    public static Answer of(long id, String refusal) {
        return new Answer(id, Map.of(), HostDrives.silent(""), refusal, null);
    }

    /** Returns an answer to a change. */
    public static Answer of(long id, @Nullable GroupTerms terms) {
        return new Answer(id, Map.of(), HostDrives.silent(""), "", terms);
    }
}
