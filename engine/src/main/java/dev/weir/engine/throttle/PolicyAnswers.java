package dev.weir.engine.throttle;

import dev.weir.throttle.Direction;
import java.util.Arrays;

/**
 * Compares the answers of a policy about the same request, between two charges: what was to go after a wait must not have
 * to wait longer then. A policy that says 1, 0, 1, 0… would otherwise keep a thread busy for ever.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class PolicyAnswers {

    /** Answers that contradict one before them, until the policy is not believed any more. */
    static final int MAX_CONTRADICTIONS = 16;

    /** By direction: the length that was asked about last, -1 if none was, and the moment at which it may go. */
    private final long[] bytes = {-1, -1};

    private final long[] goesAt = new long[2];
    private int contradictions;

    /** Takes an answer, and returns whether there were too many that contradict others. */
    boolean isBroken(long waitNanos, Direction direction, long requestBytes, long now) {
        int place = direction.ordinal();
        long newGoesAt = now + waitNanos;
        if (waitNanos > 0 && bytes[place] == requestBytes && newGoesAt - goesAt[place] > 0) {
            contradictions++;
        }
        bytes[place] = requestBytes;
        goesAt[place] = newGoesAt;
        return contradictions >= MAX_CONTRADICTIONS;
    }

    /** Forgets all answers: something was charged, or the limits are others. */
    void forget() {
        Arrays.fill(bytes, -1);
        contradictions = 0;
    }
}
