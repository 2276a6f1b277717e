package dev.weir.throttle.arithmetic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The worked numbers of the documentation: 1 MiB owed at 1 KiB/s. */
class MeteredDebtTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final ThrottleLimits SLOW = bps(1 << 10);
    private static final ThrottleLimits FAST = bps(100 << 20);
    private static final long NOW = shortlyBeforeTimeWrapsAround();

    private final MeteredDebt debt = new MeteredDebt(SLOW, LimitKey.BPS, 1 << 10, 0, 0, NOW);

    MeteredDebtTest() {
        debt.add(1 << 20);
    }

    private static long shortlyBeforeTimeWrapsAround() {
        return Long.MAX_VALUE - SECOND;
    }

    private static ThrottleLimits bps(long rate) {
        return ThrottleLimits.of(Map.of("bps", rate));
    }

    private void goOn(ThrottleLimits limits, long now) {
        debt.rate(limits, LimitKey.BPS, limits.rate(LimitKey.BPS), now);
    }

    @Test
    void aHigherRateShortensItAtOnce() {
        assertEquals(1_024 * SECOND, debt.nanos(NOW));
        goOn(FAST, NOW);
        assertEquals(10 * MILLI, debt.nanos(NOW));
        assertEquals(1_024 * SECOND, debt.timeNanos(NOW));
        assertEquals(10 * MILLI, debt.unitNanos(NOW));
    }

    @Test
    void thereAndBackLeavesItAsItWas() {
        goOn(FAST, NOW);
        goOn(SLOW, NOW);
        assertEquals(1_024 * SECOND, debt.nanos(NOW));
        assertEquals(1_024 * SECOND, debt.unitNanos(NOW));
    }

    @Test
    void timeAndUnitsArePaidEqually() {
        goOn(FAST, NOW);
        goOn(SLOW, NOW + 5 * MILLI);
        assertEquals(512 * SECOND, debt.nanos(NOW + 5 * MILLI));
    }

    @Test
    void aLowerRateNeverLengthensIt() {
        MeteredDebt fast = new MeteredDebt(FAST, LimitKey.BPS, 100 << 20, SECOND, SECOND, NOW);
        fast.rate(SLOW, LimitKey.BPS, 1 << 10, NOW);
        assertEquals(SECOND, fast.nanos(NOW));
        assertEquals(102_400 * SECOND, fast.unitNanos(NOW));
        fast.add(1 << 10);
        fast.rate(FAST, LimitKey.BPS, 100 << 20, NOW);
        assertEquals(SECOND + 9_766, fast.nanos(NOW));
    }

    @Test
    void laterChargesArePaidAfterTheOldDebt() {
        goOn(FAST, NOW);
        debt.add(100 << 20);
        goOn(SLOW, NOW + 10 * MILLI);
        assertEquals(SECOND, debt.nanos(NOW + 10 * MILLI));
    }

    @Test
    void aPastMomentStays() {
        long later = NOW + 2_000 * SECOND;
        goOn(FAST, later);
        assertEquals(NOW + 1_024 * SECOND, debt.floor());
        assertEquals(0, debt.timeNanos(later));
    }

    @Test
    void requestsStayRequestsWhateverTheirSize() {
        ThrottleLimits small = ThrottleLimits.of(Map.of("iops", 10L, "iops_size", 512L));
        ThrottleLimits large = ThrottleLimits.of(Map.of("iops", 20L, "iops_size", 4_096L));
        MeteredDebt requests = new MeteredDebt(small, LimitKey.IOPS, 10, SECOND, SECOND, NOW);
        requests.rate(large, LimitKey.IOPS, 20, NOW);
        assertEquals(SECOND / 2, requests.nanos(NOW));
        requests.add(large.meteredUnits(LimitKey.IOPS, 1));
        assertEquals(SECOND / 2 + SECOND / 20, requests.nanos(NOW));
    }

    @Test
    void aDebtIsHandedOverAsBoth() {
        ThrottleDebt owed = ThrottleDebt.of(limit -> 1_024 * SECOND, limit -> 0);
        ThrottleDebt faster = owed.under(SLOW, FAST);
        assertEquals(10 * MILLI, faster.nanos(LimitKey.BPS));
        assertEquals(1_024 * SECOND, faster.timeNanos(LimitKey.BPS));
        assertEquals(0, faster.nanos(LimitKey.IOPS), "a limit that is not set owes nothing");
        assertEquals(1_024 * SECOND, faster.under(FAST, SLOW).nanos(LimitKey.BPS));
        assertEquals(ThrottleDebt.NONE, faster.under(FAST, ThrottleLimits.NONE));
    }
}
