package dev.weir.engine.policy;

import dev.weir.block.Direction;
import java.util.Arrays;

/**
 * Detects contradictory answers of a policy. If a request may go after a wait then it must not have to wait longer,
 * unless something was charged meanwhile. A policy that always answers 1 would otherwise keep a thread busy for ever.
 *
 * <p>Guarded by the lock of the {@code ThrottleDomain}.
 */
final class PolicyAnswers {

    /** The number of contradictions after which the policy counts as broken. */
    static final int MAX_CONTRADICTIONS = 16;

    /** The last query by direction: the length (-1 if none) and the moment at which that request may go. */
    private final long[] bytes = {-1, -1};

    private final long[] goesAt = new long[2];
    private int contradictions;

    /**
     * Returns an answer other than 0 and records it.
     *
     * @throws IllegalStateException if it is negative, or if the contradictions are too many
     */
    long checked(long waitNanos, Direction direction, long requestBytes, long now) {
        if (waitNanos < 0) {
            throw new IllegalStateException("it answered with a negative wait of " + waitNanos + " ns");
        }
        if (isBroken(waitNanos, direction, requestBytes, now)) {
            throw new IllegalStateException(
                    "its answers contradict each other: a request that may go now must wait another " + waitNanos
                            + " ns, although nothing was charged");
        }
        return waitNanos;
    }

    private boolean isBroken(long waitNanos, Direction direction, long requestBytes, long now) {
        int place = direction.ordinal();
        long newGoesAt = now + waitNanos;
        if (bytes[place] == requestBytes && newGoesAt - goesAt[place] > 0) {
            contradictions++;
        }
        bytes[place] = requestBytes;
        goesAt[place] = newGoesAt;
        return contradictions >= MAX_CONTRADICTIONS;
    }

    /** Forgets all answers. Called after a charge or a change of limits. */
    void forget() {
        Arrays.fill(bytes, -1);
        contradictions = 0;
    }
}
