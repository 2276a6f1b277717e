package dev.weir.testkit.throttle;

import dev.weir.block.Direction;
import dev.weir.throttle.ThrottlePolicy;

/**
 * A saturated drive: a request goes as soon as the policy admits it and the next one follows at once. Checks that the
 * predicted wait is exact to the nanosecond. Not thread-safe.
 */
final class SaturatedDrive {

    /** Bound that ends the test if a policy holds nothing. No load here releases as many requests at one moment. */
    private static final int MOST_AT_ONCE = 1_000_000;

    private final ThrottlePolicy policy;
    private long now;
    private int atOnce;

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

    /** Waits until a request may go and charges it. */
    void release(Direction direction, long bytes) {
        long wait = policy.waitNanos(direction, bytes, now);
        if (wait < 0) {
            throw new AssertionError("a wait of " + wait + " ns");
        }
        if (wait > 0) {
            expect(1, policy.waitNanos(direction, bytes, now + wait - 1), "one nanosecond before");
            now += wait;
            atOnce = 0;
            expect(0, policy.waitNanos(direction, bytes, now), "after the wait of " + wait + " ns");
        }
        if (++atOnce > MOST_AT_ONCE) {
            throw new AssertionError(MOST_AT_ONCE + " requests went at one moment");
        }
        policy.charge(direction, bytes, now);
    }

    private static void expect(long expected, long actual, String when) {
        if (expected != actual) {
            throw new AssertionError(when + ": waits " + actual + " ns, not " + expected);
        }
    }
}
