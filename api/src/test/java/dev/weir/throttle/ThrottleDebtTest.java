package dev.weir.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class ThrottleDebtTest {
    private static final long FORGIVEN = 900_000_001;
    private static final ThrottleLimits SLOW = ThrottleLimits.of(Map.of("bps", 12L));
    private static final ThrottleLimits FAST = ThrottleLimits.of(Map.of("bps", 1_000_000L));

    private static ToLongFunction<LimitKey> bps(long nanos) {
        return limit -> limit == LimitKey.BPS ? nanos : 0;
    }

    /** A nanosecond at 1 MB/s is 83 µs at 12 B/s. */
    @Test
    void forgivenPartIsNeverRoundedUp() {
        long owed = 246_926_805_950L;
        ThrottleDebt debt = ThrottleDebt.of(bps(owed), bps(owed), bps(FORGIVEN), bps(FORGIVEN), limit -> 0, limit -> 0);
        ThrottleDebt back = debt.under(SLOW, FAST).under(FAST, SLOW);
        assertTrue(back.forgivenNanos(LimitKey.BPS) <= FORGIVEN, () -> "forgiven: " + back);
        // what is not forgiven is owed
        assertEquals(owed + FORGIVEN, back.timeNanos(LimitKey.BPS) + back.forgivenTimeNanos(LimitKey.BPS));
    }
}
