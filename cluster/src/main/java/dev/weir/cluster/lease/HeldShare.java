package dev.weir.cluster.lease;

import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Rates;

/**
 * The share of a host in a group at one moment.
 *
 * @param state why it is this share
 * @param terms the limits for all hosts together
 * @param share the share
 * @param hasEnd whether it changes by the passing of time alone
 * @param end the moment of that change
 */
public record HeldShare(State state, GroupTerms terms, Rates share, boolean hasEnd, long end) {

    /** The reasons for a share. */
    public enum State {
        /** The host was started or the group was added: the least share. */
        STARTING,
        /** The coordinator granted it. */
        LEASED,
        /** The lease has ended: at most the last share. */
        LAST,
        /** The safe share. */
        SAFE,
        /** No share: every request waits. */
        HELD
    }
}
