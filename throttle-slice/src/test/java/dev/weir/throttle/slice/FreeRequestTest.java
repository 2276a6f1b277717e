package dev.weir.throttle.slice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A policy that charges requests together answers like slices that are charged with each request. */
class FreeRequestTest {
    private static final long MILLION = 1_000_000;
    private static final List<Map<String, Long>> LIMITS = List.of(
            Map.of("bps", 100 * MILLION),
            Map.of("bps_rd", 10 * MILLION, "bps_wr", 30 * MILLION),
            Map.of("iops", 1_000L, "iops_size", 4_096L),
            Map.of("iops", 500L, "bps", 7 * MILLION),
            Map.of("bps", 90 * MILLION, "iops_rd", 300L, "iops_wr", 7L),
            Map.of("bps", 3L, "iops", 1_000_000_000L),
            Map.of("bps_rd", 50 * MILLION, "iops", 900_000L, "iops_size", 65_536L));

    /** The slices of each limit, all charged with every request. */
    private static final class Plain {
        private final Map<LimitKey, Slices> slices = new EnumMap<>(LimitKey.class);

        Plain(ThrottleLimits limits, long now) {
            LimitKey.ALL.stream()
                    .filter(limit -> limits.rate(limit) > 0)
                    .forEach(limit -> slices.put(limit, new Slices(limit, limits, ThrottleDebt.NONE, now)));
        }

        long waitNanos(Direction direction, long bytes, long now) {
            return slices.entrySet().stream()
                    .filter(entry -> entry.getKey().appliesTo(direction))
                    .mapToLong(entry -> entry.getValue().waitNanos(bytes, now))
                    .max()
                    .orElse(0);
        }

        void charge(Direction direction, long bytes, long now) {
            slices.forEach((limit, slice) -> {
                if (limit.appliesTo(direction)) {
                    slice.charge(bytes, now);
                }
            });
        }

        void reconfigure(ThrottleLimits limits, long now) {
            slices.values().forEach(slice -> slice.reconfigure(limits, now));
        }

        ThrottleDebt debt(long now) {
            return ThrottleDebt.of(
                    limit ->
                            slices.containsKey(limit) ? slices.get(limit).paid().nanos(now) : 0,
                    limit -> 0);
        }
    }

    @Test
    void isChargedLikeAnyOther() {
        for (long seed = 0; seed < 2_000; seed++) {
            compare(new Random(seed), "seed " + seed);
        }
    }

    private static void compare(Random random, String seed) {
        long now = random.nextLong();
        ThrottleLimits limits = ThrottleLimits.of(LIMITS.get(random.nextInt(LIMITS.size())));
        ThrottlePolicy policy = new SlicePolicy(limits, ThrottleDebt.NONE, now);
        Plain plain = new Plain(limits, now);
        for (int i = 0; i < 100; i++) {
            Direction direction = random.nextBoolean() ? Direction.READ : Direction.WRITE;
            long bytes = random.nextInt(4) == 0 ? 1 + random.nextInt(1 << 17) : 4_096;
            String step = seed + " at " + i;
            for (Direction each : Direction.values()) {
                assertEquals(plain.waitNanos(each, bytes, now), policy.waitNanos(each, bytes, now), step);
            }
            long wait = policy.waitNanos(direction, bytes, now);
            if (wait == 0) {
                policy.charge(direction, bytes, now);
                plain.charge(direction, bytes, now);
            }
            switch (random.nextInt(30)) {
                case 0 -> assertEquals(plain.debt(now), policy.debt(now), step);
                case 1 -> policy = Objects.requireNonNull(policy.copy());
                case 2 -> {
                    policy.reconfigure(limits, now);
                    plain.reconfigure(limits, now);
                }
                case 3 -> {
                    for (LimitKey limit : LimitKey.ALL) {
                        long alone = policy.waitNanos(limit, direction, bytes, now);
                        assertTrue(alone <= plain.waitNanos(direction, bytes, now), step);
                    }
                }
                default -> {}
            }
            now += switch (random.nextInt(6)) {
                case 0 -> random.nextInt(300_000_000);
                case 1 -> wait;
                default -> random.nextInt(1_000_000);
            };
        }
        assertEquals(plain.debt(now), policy.debt(now), seed);
    }

    private static void go(SlicePolicy policy, int requests, long bytes, long now) {
        for (int i = 0; i < requests; i++) {
            assertEquals(0, policy.waitNanos(Direction.READ, bytes, now), () -> "at " + now);
            policy.charge(Direction.READ, bytes, now);
        }
    }

    @Test
    void onlyTheFirstRequestOfASliceLooksAtIt() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 9_000 * MILLION, "iops_wr", 1_000L, "iops_rd", 9_000L));
        for (long origin : new long[] {0, -7, Long.MAX_VALUE - 150 * MILLION}) {
            SlicePolicy policy = new SlicePolicy(limits, ThrottleDebt.NONE, origin);
            for (int slice = 0; slice < 5; slice++) {
                long begin = origin + slice * 3L * Slices.SLICE_NANOS;
                go(policy, 5, 4_096, begin);
                assertEquals(4, policy.reads.count);
                go(policy, 5, 4_096, begin + Slices.SLICE_NANOS - 1);
                assertEquals(9, policy.reads.count);
                assertEquals(9 * 4_096, policy.reads.bytes);
            }
        }
    }

    @Test
    void multipleRequestIsChargedAtOnce() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 1_000L, "iops_size", 4_096L));
        SlicePolicy policy = new SlicePolicy(limits, ThrottleDebt.NONE, 0);
        go(policy, 3, 4_096, 0);
        assertEquals(2, policy.reads.count);
        go(policy, 1, 4_097, 0);
        assertEquals(0, policy.reads.count);
        assertEquals(4_000_245, policy.debt(0).nanos(LimitKey.IOPS));
    }

    @Test
    void theNextSliceHasItsOwnWorthWhateverWasLeft() {
        SlicePolicy policy = new SlicePolicy(ThrottleLimits.of(Map.of("iops", 1_000L)), ThrottleDebt.NONE, 0);
        long next = 3 * Slices.SLICE_NANOS;
        go(policy, 50, 1, 0);
        go(policy, 100, 1, next);
        assertEquals(101 * MILLION, policy.waitNanos(Direction.READ, 1, next));
    }

    @Test
    void requestAtTheEndOfASliceBeginsTheNext() {
        SlicePolicy policy = new SlicePolicy(ThrottleLimits.of(Map.of("iops", 1_000L)), ThrottleDebt.NONE, 0);
        go(policy, 1, 1, 0);
        long next = MILLION + Slices.OVER_NANOS;
        go(policy, 100, 1, next);
        assertEquals(101 * MILLION, policy.waitNanos(Direction.READ, 1, next));
    }
}
