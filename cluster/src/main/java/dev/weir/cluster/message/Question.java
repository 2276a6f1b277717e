package dev.weir.cluster.message;

import java.util.Map;

/**
 * A question of a host to another one.
 *
 * @param id a number that the answer repeats
 * @param subject the subject
 * @param group the group of a question about limits; empty for others
 * @param limits the limits of the group by key; for a change the new values only, and 0 removes one
 * @param version the version of the limits of {@link Subject#SAVE}; see {@link GroupTerms}; 0 for others
 */
public record Question(long id, Subject subject, String group, Map<String, Long> limits, long version) {

    /** The subject of a question. Messages carry its ordinal plus 1. */
    public enum Subject {
        /** The shares of all hosts, which the coordinator knows. */
        SHARES,
        /** The drives of the host. */
        DRIVES,
        /** Whether the host could save limits of a group. */
        CHECK,
        /** Save limits of a group. */
        SAVE,
        /** Change limits of a group on all hosts. Only the coordinator does it. */
        CHANGE,
        /** The same, and each host saves the limits. */
        CHANGE_AND_SAVE
    }

    /** Returns a question without limits. */
    public static Question of(long id, Subject subject) {
        return new Question(id, subject, "", Map.of(), 0);
    }
}
