package dev.weir.cluster.message;

/**
 * A question of a host to another one.
 *
 * @param id a number that the answer repeats
 * @param subject the subject
 */
public record Question(long id, Subject subject) {

    /** The subject of a question. Messages carry its ordinal plus 1. */
    public enum Subject {
        /** The shares of all hosts, which the coordinator knows. */
        SHARES,
        /** The drives of the host. */
        DRIVES
    }
}
