package org.example.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.block.Direction;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PacePolicyTest {
    private static final long MILLI = 1_000_000;

    private final PacePolicyFactory factory = new PacePolicyFactory();

    @Test
    void workedNumbers() {
        long now = -5;
        ThrottlePolicy policy = factory.create(ThrottleLimits.of(Map.of("iops", 100L)), ThrottleDebt.NONE, now);
        for (long wait : new long[] {0, 8, 10, 10, 10, 10, 10, 10, 10, 10}) {
            assertEquals(wait * MILLI, policy.waitNanos(Direction.READ, 4096, now));
            now += wait * MILLI;
            policy.charge(Direction.READ, 4096, now);
        }
    }

    @Test
    void burstsAreRefused() {
        ThrottleLimits bursts = ThrottleLimits.of(Map.of("bps", 1L, "bps_max", 2L));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> factory.create(bursts, ThrottleDebt.NONE, 0));
        assertEquals("bps_max = 2: policy pace has no bursts", refusal.getMessage());
    }
}
