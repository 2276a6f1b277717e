package dev.weir.engine.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DebtEstimateTest {
    private static final long MILLI = 1_000_000L;

    @Test
    void timeBeforeAChargePaysNothing() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 1_000L));
        DebtEstimate known = new DebtEstimate();
        known.set(ThrottleDebt.NONE, 0);
        known.charge(limits, Direction.READ, 500, 90 * MILLI);
        assertEquals(400 * MILLI, known.at(limits, 190 * MILLI).nanos(LimitKey.BPS));
    }
}
