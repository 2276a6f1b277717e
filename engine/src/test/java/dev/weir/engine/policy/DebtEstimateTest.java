package dev.weir.engine.policy;

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

    @Test
    void timeAndUnitsArePaidAlikeWithoutAPolicy() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 1_000L));
        DebtEstimate known = new DebtEstimate();
        known.set(ThrottleDebt.of(limit -> 50_000 * MILLI, limit -> 5_000 * MILLI, limit -> 0, limit -> 0), 0);
        known.charge(limits, Direction.READ, 100, 0);
        ThrottleDebt owed = known.at(limits, 4_900 * MILLI);
        assertEquals(200 * MILLI, owed.unitNanos(LimitKey.BPS));
        assertEquals(1_100 * MILLI, owed.timeNanos(LimitKey.BPS), "a fiftieth of the old debt and the charge");
        assertEquals(50 * MILLI, known.at(limits, 5_050 * MILLI).timeNanos(LimitKey.BPS), "half of the charge");
    }
}
