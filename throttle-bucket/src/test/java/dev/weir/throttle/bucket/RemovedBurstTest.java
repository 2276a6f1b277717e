package dev.weir.throttle.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A burst that is taken away while it is in use, and comes back. */
final class RemovedBurstTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 10 * SECOND;
    private static final ThrottleLimits PLAIN = ThrottleLimits.of(Map.of("bps", 1000L));
    private static final ThrottleLimits BURST =
            ThrottleLimits.of(Map.of("bps", 1000L, "bps_max", 10_000L, "bps_max_length", 10L));

    /** A policy that owes 40 s of a burst of 100 s. */
    private static BucketPolicy inBurst() {
        BucketPolicy policy = new BucketPolicy(BURST, ThrottleDebt.NONE, 0);
        policy.charge(Direction.READ, 50_000, 0);
        assertEquals(40 * SECOND, policy.debt(NOW).nanos(LimitKey.BPS));
        return policy;
    }

    @Test
    void newPolicyKnowsWhatARemovedBurstForgave() {
        BucketPolicy policy = inBurst();
        policy.reconfigure(PLAIN, NOW);
        assertEquals(0, policy.waitNanos(Direction.READ, 1, NOW));
        assertEquals(SECOND / 10, policy.debt(NOW).nanos(LimitKey.BPS));

        BucketPolicy next = new BucketPolicy(PLAIN, policy.debt(NOW), NOW);
        assertEquals(policy.debt(NOW), next.debt(NOW));
        assertEquals(0, next.waitNanos(Direction.READ, 1, NOW));
        next.reconfigure(BURST, NOW);
        assertEquals(40 * SECOND, next.debt(NOW).nanos(LimitKey.BPS), "the burst that came back is not full");
    }

    @Test
    void burstRemovedWithoutAPolicyIsForgivenToo() {
        BucketPolicy policy = inBurst();
        ThrottleDebt owed = policy.debt(NOW).under(BURST, PLAIN);
        policy.reconfigure(PLAIN, NOW);
        assertEquals(policy.debt(NOW), owed);
        assertTrue(owed.isForgiven());
        assertEquals(40 * SECOND, owed.under(PLAIN, BURST).nanos(LimitKey.BPS));
    }

    @Test
    void timeAndUnitsAreForgivenAlike() {
        BucketPolicy policy = inBurst();
        ThrottleLimits faster = ThrottleLimits.of(Map.of("bps", 10_000L));
        ThrottleDebt withoutPolicy = policy.debt(NOW).under(BURST, faster);
        policy.reconfigure(faster, NOW);
        ThrottleDebt owed = policy.debt(NOW);
        assertEquals(SECOND / 10, owed.unitNanos(LimitKey.BPS), "of 4 s of units");
        assertEquals(39 * SECOND / 10, owed.forgivenUnitNanos(LimitKey.BPS));
        assertEquals(SECOND, owed.timeNanos(LimitKey.BPS), "of 40 s of time");
        assertEquals(39 * SECOND, owed.forgivenTimeNanos(LimitKey.BPS));
        assertEquals(owed, withoutPolicy);
    }

    @Test
    void forgivenPartLeaksAfterTheDebt() {
        BucketPolicy policy = inBurst();
        policy.reconfigure(PLAIN, NOW);
        ThrottleDebt later = policy.debt(NOW + 30 * SECOND);
        assertEquals(0, later.nanos(LimitKey.BPS));
        assertEquals(10 * SECOND, later.forgivenNanos(LimitKey.BPS));
        assertEquals(ThrottleDebt.NONE, policy.debt(NOW + 40 * SECOND));
    }

    private static ThrottleLimits limits(long bps, long lengthSeconds) {
        return lengthSeconds == 0
                ? ThrottleLimits.of(Map.of("bps", bps))
                : ThrottleLimits.of(Map.of("bps", bps, "bps_max", 100 * bps, "bps_max_length", lengthSeconds));
    }

    private static long wait(BucketPolicy policy) {
        return policy.waitNanos(Direction.READ, 1, NOW);
    }

    /** A policy with a burst of 100 s that a request of 109 s has overfilled. */
    private static BucketPolicy overfull() {
        BucketPolicy policy = new BucketPolicy(limits(1_000, 1), ThrottleDebt.NONE, 0);
        policy.charge(Direction.READ, 109_000 + NOW / (SECOND / 1_000), 0);
        assertEquals(9 * SECOND, wait(policy));
        return policy;
    }

    @Test
    void burstRemovedAtTwiceTheRateLeavesHalfTheWait() {
        BucketPolicy policy = overfull();
        policy.reconfigure(limits(2_000, 0), NOW);
        assertEquals(9 * SECOND / 2, wait(policy));
    }

    @Test
    void rateThatComesBackAsTheBurstGoesShortensNoWait() {
        BucketPolicy policy = overfull();
        policy.reconfigure(limits(500, 1), NOW);
        policy.reconfigure(limits(1_000, 0), NOW);
        assertEquals(9 * SECOND, wait(policy));
    }

    @Test
    void burstOfAsManyBytesIsNoSmallerOne() {
        BucketPolicy policy = overfull();
        policy.reconfigure(limits(500, 1), NOW);
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 1_000L, "bps_max", 50_000L)), NOW);
        assertEquals(59 * SECOND, wait(policy), "109 s owed, 50 s of burst");
    }

    @Test
    void noChangeOfTheBurstAloneLengthensTheWait() {
        for (long seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            BucketPolicy policy = new BucketPolicy(limits(1_000, 60), ThrottleDebt.NONE, 0);
            policy.charge(Direction.READ, 1 + random.nextInt(7_000_000), 0);
            for (int i = 0; i < 5; i++) {
                long before = wait(policy);
                policy.reconfigure(limits(1_000, random.nextInt(60)), NOW);
                assertTrue(wait(policy) <= before, "seed " + seed + ", change " + i + ": waited " + before);
            }
        }
    }
}
