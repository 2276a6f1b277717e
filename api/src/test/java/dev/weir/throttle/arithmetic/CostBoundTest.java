package dev.weir.throttle.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CostBoundTest {

    @Test
    void isSlowestLimitPlusRounding() {
        CostBound bound = CostBound.of(ThrottleLimits.of(Map.of("bps", 1_000_000L, "bps_rd", 500_000L, "iops", 100L)));
        assertEquals(10_000_000 + 2_000 * 4_096 + 2, bound.nanos(4_096));
        assertEquals(2, CostBound.of(ThrottleLimits.NONE).nanos(4_096));
        assertEquals(CostBound.NONE, CostBound.of(ThrottleLimits.NONE));
    }

    @Test
    void countsEachPartOfALongRequest() {
        CostBound bound = CostBound.of(ThrottleLimits.of(Map.of("iops_wr", 1_000L, "iops_size", 4_096L)));
        assertEquals(1_000_000 + 16 * 1_000_000 + 2, bound.nanos(65_536));
    }

    @Test
    void isNeverBelowTheExactCost() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            Map<String, Long> values = new HashMap<>();
            for (LimitKey limit : LimitKey.ALL) {
                if (random.nextInt(3) == 0) {
                    values.put(limit.key(), 1 + (random.nextLong() >>> (30 + random.nextInt(33))));
                }
            }
            if (random.nextBoolean() && values.keySet().stream().anyMatch(key -> key.startsWith("iops"))) {
                values.put("iops_size", 1L + random.nextInt(1 << 20));
            }
            ThrottleLimits limits = ThrottleLimits.of(values);
            long bytes = 1L + random.nextInt(1 << random.nextInt(26));
            long bound = CostBound.of(limits).nanos(bytes);
            for (LimitKey limit : LimitKey.ALL) {
                if (limits.rate(limit) > 0) {
                    MeteredTime time = new MeteredTime(limits.meteredRate(limit, limits.rate(limit)), 0);
                    time.add(limits.meteredUnits(limit, bytes));
                    assertTrue(
                            time.ceil() <= bound || bound > CostBound.EXACT_NANOS,
                            () -> limits + ", " + bytes + " bytes: " + time.ceil() + " " + bound);
                }
            }
        }
    }
}
