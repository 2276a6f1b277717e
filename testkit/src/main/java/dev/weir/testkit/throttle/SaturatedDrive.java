package dev.weir.testkit.throttle;

import dev.weir.throttle.Direction;
import dev.weir.throttle.ThrottlePolicy;

/**
 * A drive with more to do than its policy allows: every request goes when the policy lets it, and the next is
 * there at once. Checks on the way that a request that must wait may go when the policy said, and not a
 * nanosecond earlier. Not thread-safe.
 */
final class SaturatedDrive {
    private final ThrottlePolicy policy;
    private long now;

    SaturatedDrive(ThrottlePolicy policy, long now) {
        this.policy = policy;
        this.now = now;
    }

    long now() {
        return now;
    }

    void idle(long nanos) {
        now += nanos;
    }

    /** Waits until a request may go, and charges it. */
    void release(Direction direction, long bytes) {
        long wait = policy.waitNanos(direction, bytes, now);
        if (wait < 0) {
            throw new AssertionError("a wait of " + wait + " ns");
        }
        if (wait > 0) {
            expect(1, policy.waitNanos(direction, bytes, now + wait - 1), "one nanosecond before");
            now += wait;
            expect(0, policy.waitNanos(direction, bytes, now), "after the wait of " + wait + " ns");
        }
        policy.charge(direction, bytes, now);
    }

    private static void expect(long expected, long actual, String when) {
        if (expected != actual) {
            throw new AssertionError(when + ": waits " + actual + " ns, not " + expected);
        }
    }
}
