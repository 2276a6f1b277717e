package dev.weir.cluster.message;

/**
 * A question of a host to another one.
 *
 * @param id a number that the answer repeats
 * @param subject what is asked for
 */
public record Question(long id, Subject subject) {

    /** What can be asked for. The order is that of the numbers in messages, from 1. */
    public enum Subject {
        /** The shares of all hosts, which the coordinator knows. */
        SHARES,
        /** The drives of the host. */
        DRIVES
    }
}
