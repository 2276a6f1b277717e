package dev.weir.throttle.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The worked numbers of the documentation, and bursts. */
class BucketPolicyTest {
    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;
    private static final long MILLIS = 1_000_000L;
    private static final long SECOND = 1_000 * MILLIS;
    private static final long ORIGIN = -5 * SECOND;

    private long now = ORIGIN;

    private static ThrottlePolicy policy(Map<String, Long> limits) {
        return new BucketPolicy(ThrottleLimits.of(limits), ThrottleDebt.NONE, ORIGIN);
    }

    /** Submits requests one after another until a moment, and returns the released bytes. */
    private long saturate(ThrottlePolicy policy, long bytes, long until) {
        long sent = 0;
        while (now < until) {
            long wait = policy.waitNanos(Direction.READ, bytes, now);
            if (wait == 0) {
                policy.charge(Direction.READ, bytes, now);
                sent += bytes;
            } else {
                now = Math.min(until, now + wait);
            }
        }
        return sent;
    }

    private long atOnce(ThrottlePolicy policy) {
        long sent = 0;
        for (; policy.waitNanos(Direction.READ, 1, now) == 0; sent++) {
            policy.charge(Direction.READ, 1, now);
        }
        return sent;
    }

    @Test
    void idleBucketAdmits100MillisAndOneRequest() {
        ThrottlePolicy policy = policy(Map.of("bps", 10 * MIB));
        for (int i = 0; i <= 16; i++) {
            assertEquals(0, policy.waitNanos(Direction.WRITE, 64 * KIB, now), "request " + i);
            policy.charge(Direction.WRITE, 64 * KIB, now);
        }
        assertEquals(6_250_000, policy.waitNanos(Direction.WRITE, 64 * KIB, now));
    }

    @Test
    void burstLastsUntilTheBucketIsFull() {
        ThrottlePolicy policy = policy(Map.of("bps", 10 * MIB, "bps_max", 100 * MIB, "bps_max_length", 3L));
        long burst = saturate(policy, 64 * KIB, ORIGIN + 10 * SECOND / 3);
        assertEquals(333.3, burst / (double) MIB, 10.2);
        long after = saturate(policy, 64 * KIB, ORIGIN + 14 * SECOND);
        assertEquals(106.7, after / (double) MIB, 10.2);
        assertEquals(440, (burst + after) / (double) MIB, 0.1);
    }

    @Test
    void burstRateIsCappedPer100Millis() {
        ThrottlePolicy policy = policy(Map.of("bps", 10 * MIB, "bps_max", 100 * MIB, "bps_max_length", 3L));
        saturate(policy, 64 * KIB, ORIGIN + 100 * MILLIS);
        for (long tenth = 2; tenth < 30; tenth++) {
            long sent = saturate(policy, 64 * KIB, ORIGIN + tenth * 100 * MILLIS);
            assertTrue(sent <= 10 * MIB + 64 * KIB, sent + " bytes in one tenth");
            assertTrue(sent >= 10 * MIB - 64 * KIB, sent + " bytes in one tenth");
        }
    }

    @Test
    void burstRecoversWithIdleTime() {
        ThrottlePolicy policy = policy(Map.of("iops", 100L, "iops_max", 1_000L, "iops_max_length", 2L));
        long first = saturate(policy, 1, ORIGIN + 2 * SECOND);
        now += 20 * SECOND;
        assertEquals(first, saturate(policy, 1, now + 2 * SECOND));
        assertEquals(2_100, first, 2);
    }

    @Test
    void spentBurstGivesTheBaseRate() {
        ThrottlePolicy policy = policy(Map.of("iops", 100L, "iops_max", 1_000L));
        saturate(policy, 1, ORIGIN + 10 * SECOND);
        assertEquals(1_000, saturate(policy, 1, ORIGIN + 20 * SECOND), 1);
    }

    @Test
    void iopsSizeSplitsLargeRequests() {
        ThrottlePolicy policy = policy(Map.of("iops", 10L, "iops_size", 4096L));
        policy.charge(Direction.READ, 6144, now);
        assertEquals(150 * MILLIS, policy.debt(now).nanos(LimitKey.IOPS));
        policy.charge(Direction.READ, 1, now);
        assertEquals(250 * MILLIS, policy.debt(now).nanos(LimitKey.IOPS));
    }

    @Test
    void burstDebtIsHandedOver() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 100L, "iops_max", 1_000L, "iops_max_length", 2L));
        ThrottlePolicy policy = new BucketPolicy(limits, ThrottleDebt.NONE, now);
        saturate(policy, 1, now + SECOND);
        ThrottleDebt owed = policy.debt(now);
        assertTrue(owed.burstNanos(LimitKey.IOPS) > 90 * MILLIS, owed.toString());
        ThrottlePolicy next = new BucketPolicy(limits, owed, now);
        assertEquals(owed, next.debt(now));
        assertEquals(policy.waitNanos(Direction.READ, 1, now), next.waitNanos(Direction.READ, 1, now));
    }

    @Test
    void limitChangeKeepsBurstDebt() {
        ThrottlePolicy policy = policy(Map.of("iops", 100L, "iops_max", 1_000L, "iops_max_length", 2L));
        saturate(policy, 1, now + SECOND);
        ThrottleDebt owed = policy.debt(now);
        policy.reconfigure(ThrottleLimits.of(Map.of("iops", 50L, "iops_max", 500L, "iops_max_length", 9L)), now);
        assertEquals(owed.nanos(LimitKey.IOPS), policy.debt(now).nanos(LimitKey.IOPS));
        assertEquals(owed.burstNanos(LimitKey.IOPS), policy.debt(now).burstNanos(LimitKey.IOPS));
        policy.reconfigure(ThrottleLimits.of(Map.of("iops", 200L, "iops_max", 2_000L, "iops_max_length", 9L)), now);
        assertEquals((owed.nanos(LimitKey.IOPS) + 1) / 2, policy.debt(now).nanos(LimitKey.IOPS));
        assertEquals((owed.burstNanos(LimitKey.IOPS) + 1) / 2, policy.debt(now).burstNanos(LimitKey.IOPS));
    }

    @Test
    void aBurstThatIsTakenAwayHoldsNothing() {
        Map<String, Long> bursts = Map.of("iops", 100L, "iops_max", 10_000L, "iops_max_length", 60L);
        ThrottlePolicy policy = policy(bursts);
        saturate(policy, 1, now + 10 * SECOND);
        now += SECOND;
        long owed = policy.debt(now).nanos(LimitKey.IOPS);
        assertTrue(owed > 900 * SECOND, "owed " + owed);
        policy.reconfigure(ThrottleLimits.of(Map.of("iops", 100L)), now);
        assertEquals(100 * MILLIS, policy.debt(now).nanos(LimitKey.IOPS));
        assertEquals(1, atOnce(policy));
        assertEquals(10 * MILLIS, policy.waitNanos(Direction.READ, 1, now));
        now += SECOND;
        assertEquals(11, atOnce(policy));
        policy.reconfigure(ThrottleLimits.of(bursts), now);
        assertEquals(owed - SECOND + 120 * MILLIS, policy.debt(now).nanos(LimitKey.IOPS));
    }

    @Test
    void aSmallerBurstWithAWaitKeepsTheWait() {
        ThrottlePolicy policy = policy(Map.of("bps", 1_000L, "bps_max", 100_000L));
        policy.charge(Direction.READ, 110_000, now);
        now += SECOND;
        assertEquals(9_000 * MILLIS, policy.waitNanos(Direction.READ, 1, now));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 1_000L)), now);
        assertEquals(9_000 * MILLIS, policy.waitNanos(Direction.READ, 1, now));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 2_000L)), now);
        assertEquals(4_450 * MILLIS, policy.waitNanos(Direction.READ, 1, now), "half of 9.1 s less 100 ms");
    }

    @Test
    void nearlyEmptyBucketKeepsFractions() {
        ThrottlePolicy policy = policy(Map.of("bps", 7L));
        policy.charge(Direction.READ, 1, now);
        policy.charge(Direction.READ, 1, now + 142_857_142);
        assertEquals(285_714_286, policy.debt(now).nanos(LimitKey.BPS));
    }

    @Test
    void longestSilenceIsNoDebt() {
        ThrottlePolicy policy = policy(Map.of("bps", 1L));
        policy.charge(Direction.READ, 1, now);
        long muchLater = now + Long.MAX_VALUE;
        assertEquals(0, policy.waitNanos(Direction.READ, 1, muchLater));
        assertEquals(0, policy.debt(muchLater).nanos(LimitKey.BPS));
    }
}
