package dev.weir.cluster.message;

import java.util.Map;

/**
 * A question of a host to another one.
 *
 * @param id a number that the answer repeats
 * @param subject the subject
 * @param group the group of {@link Subject#CHECK} and {@link Subject#SAVE}; empty for others
 * @param limits the limits of the group by key
 */
public record Question(long id, Subject subject, String group, Map<String, Long> limits) {

    /** The subject of a question. Messages carry its ordinal plus 1. */
    public enum Subject {
        /** The shares of all hosts, which the coordinator knows. */
        SHARES,
        /** The drives of the host. */
        DRIVES,
        /** Whether the host could save limits of a group. */
        CHECK,
        /** Save limits of a group. */
        SAVE
    }

    /** Returns a question without limits. */
    public static Question of(long id, Subject subject) {
        return new Question(id, subject, "", Map.of());
    }
}
