package dev.weir.cluster.lease;

import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Rates;

/**
 * The share of a host in a group at one moment.
 *
 * @param state the reason for the share
 * @param terms the limits for all hosts together
 * @param share the share
 * @param hasEnd whether it changes at a known moment without a message
 * @param end the moment of that change; meaningless if {@code hasEnd} is false
 */
public record HeldShare(State state, GroupTerms terms, Rates share, boolean hasEnd, long end) {

    /** The reasons for a share. */
    public enum State {
        /** The least share after a start of the host or the addition of the group. */
        STARTING,
        /** The share of a lease. */
        LEASED,
        /** At most the last share, after the end of the lease. */
        LAST,
        /** The safe share. */
        SAFE,
        /** No share: every request waits. */
        HELD
    }
}
