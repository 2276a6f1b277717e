package dev.weir.throttle.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A policy with an untouched lone request, or without buckets until one is needed, answers like one with up-to-date
 * buckets. Reading the debt updates the buckets.
 */
class LoneRequestTest {
    private static final long MILLION = 1_000_000;
    private static final List<Map<String, Long>> LIMITS = List.of(
            Map.of("bps", MILLION),
            Map.of("bps_rd", MILLION, "bps_wr", 3 * MILLION),
            Map.of("iops", 1_000L, "iops_size", 4_096L),
            Map.of("iops", 500L, "iops_max", 2_000L, "iops_max_length", 2L, "bps", 7 * MILLION),
            Map.of("bps", 9 * MILLION, "bps_max", 20 * MILLION, "iops_rd", 300L, "iops_wr", 7L),
            Map.of("bps", 3L, "iops", 1_000_000_000L),
            Map.of("bps", MILLION, "iops", 900_000_000_000L, "iops_size", 65_536L));

    @Test
    void isChargedLikeAnyOther() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            ThrottleLimits limits = ThrottleLimits.of(LIMITS.get(random.nextInt(LIMITS.size())));
            compare(limits, random, "seed " + seed);
        }
    }

    private static void compare(ThrottleLimits limits, Random random, String seed) {
        long now = random.nextLong();
        ThrottlePolicy policy = new BucketPolicy(limits, ThrottleDebt.NONE, now);
        ThrottlePolicy touched = new BucketPolicy(limits, ThrottleDebt.of(limit -> 1, limit -> 1), now - 1);
        for (int i = 0; i < 60; i++) {
            Direction direction = random.nextBoolean() ? Direction.READ : Direction.WRITE;
            long bytes = random.nextInt(4) == 0 ? 1 + random.nextInt(1 << 20) : 4_096;
            if (random.nextInt(20) == 0) {
                ThrottleLimits other = ThrottleLimits.of(LIMITS.get(random.nextInt(LIMITS.size())));
                policy.reconfigure(other, now);
                touched.reconfigure(other, now);
            }
            touched.debt(now);
            for (Direction each : Direction.values()) {
                assertEquals(
                        touched.waitNanos(each, bytes, now), policy.waitNanos(each, bytes, now), seed + " at " + i);
            }
            if (policy.waitNanos(direction, bytes, now) == 0) {
                policy.charge(direction, bytes, now);
                touched.charge(direction, bytes, now);
            }
            ThrottleDebt owed = touched.debt(now);
            now += switch (random.nextInt(5)) {
                case 0 -> 0;
                case 1 -> random.nextInt(1_000);
                case 2 -> random.nextInt(300_000_000);
                case 3 -> owed.nanos(LimitKey.BPS);
                default -> policy.waitNanos(direction, bytes, now);
            };
        }
        assertEquals(touched.debt(now), policy.debt(now), seed);
    }

    @Test
    void idleCenturiesAreChargedRightly() {
        ThrottlePolicy policy = new BucketPolicy(ThrottleLimits.of(LIMITS.get(0)), ThrottleDebt.NONE, 0);
        long now = 0;
        for (int i = 0; i < 12; i++) {
            policy.charge(Direction.READ, 1_000, now);
            now += 1L << 61;
        }
        policy.charge(Direction.READ, 200_000, now);
        assertEquals(100_000_000, policy.waitNanos(Direction.READ, 1, now));
        assertEquals(100_000_000, policy.waitNanos(Direction.WRITE, 1, now));
    }

    private static ThrottlePolicy owing(long millis) {
        ThrottleDebt owed = ThrottleDebt.of(limit -> limit == LimitKey.BPS ? millis * MILLION : 0, limit -> 0);
        return new BucketPolicy(ThrottleLimits.of(LIMITS.get(0)), owed, -7);
    }

    @Test
    void initialDebtHoldsBothDirections() {
        for (Direction direction : Direction.values()) {
            assertEquals(200 * MILLION, owing(300).waitNanos(direction, 1, -7));
        }
    }

    @Test
    void noRequestIsAloneWithDebt() {
        ThrottlePolicy policy = owing(50);
        policy.charge(Direction.READ, 60_000, -7);
        assertEquals(10 * MILLION, policy.waitNanos(Direction.WRITE, 1, -7));
    }

    @Test
    void limitsBeforeTheFirstRequestAreForgotten() {
        ThrottlePolicy policy = owing(0);
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 2 * MILLION)), -7);
        policy.charge(Direction.READ, 400_000, -7);
        assertEquals(100 * MILLION, policy.waitNanos(Direction.WRITE, 1, -7));
    }

    @Test
    void isStillOwedAfterALimitChange() {
        ThrottlePolicy policy = owing(0);
        policy.charge(Direction.READ, 50_000, -7);
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 2 * MILLION)), -7);
        assertEquals(25 * MILLION, policy.debt(-7).nanos(LimitKey.BPS));
    }

    @Test
    void waitsForNothingInCenturiesOfRareRequests() {
        long year = 365L * 24 * 3_600 * 1_000_000_000L;
        for (long origin : new long[] {Long.MIN_VALUE, -(1L << 62), 0, 1L << 62, Long.MAX_VALUE}) {
            for (long years : new long[] {1, 50, 100, 145, 150, 290}) {
                long now = origin;
                ThrottlePolicy policy = new BucketPolicy(ThrottleLimits.of(LIMITS.get(0)), ThrottleDebt.NONE, now);
                for (long passed = 0; passed < 2_000; passed += years) {
                    String when = "each " + years + " years from " + origin + ", after " + passed;
                    for (Direction each : Direction.values()) {
                        assertEquals(0, policy.waitNanos(each, 4_096, now), when);
                    }
                    policy.charge(Direction.READ, 4_096, now);
                    now += years * year;
                }
            }
        }
    }
}
