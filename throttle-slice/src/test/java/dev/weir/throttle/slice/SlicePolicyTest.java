package dev.weir.throttle.slice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The worked numbers of the documentation, and the boundaries of slices. */
class SlicePolicyTest {
    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;
    private static final long MILLIS = 1_000_000L;
    private static final long ORIGIN = shortlyBeforeTimeWrapsAround();

    private static long shortlyBeforeTimeWrapsAround() {
        return Long.MAX_VALUE - 50 * MILLIS;
    }

    private static ThrottlePolicy policy(Map<String, Long> limits) {
        return new SlicePolicy(ThrottleLimits.of(limits), ThrottleDebt.NONE, ORIGIN);
    }

    /** Ten requests per second, so that a request is worth a slice. */
    private final ThrottlePolicy ten = policy(Map.of("iops", 10L));

    private static long wait(ThrottlePolicy policy, long now) {
        return policy.waitNanos(Direction.READ, 1, ORIGIN + now);
    }

    private static void go(ThrottlePolicy policy, long now) {
        assertEquals(0, wait(policy, now));
        policy.charge(Direction.READ, 1, ORIGIN + now);
    }

    @Test
    void nextRequestWaitsUntilPaid() {
        ThrottlePolicy policy = policy(Map.of("bps", 10 * MIB));
        for (int i = 0; i < 3; i++) {
            assertEquals(0, policy.waitNanos(Direction.WRITE, 300 * KIB, ORIGIN), "request " + i);
            policy.charge(Direction.WRITE, 300 * KIB, ORIGIN);
        }
        assertEquals(117_187_500, policy.waitNanos(Direction.WRITE, 300 * KIB, ORIGIN));
        assertEquals(0, policy.waitNanos(Direction.WRITE, 100 * KIB, ORIGIN));
    }

    @Test
    void extendedSliceReleasesOneByOne() {
        go(ten, 0);
        assertEquals(200 * MILLIS, wait(ten, 0));
        assertEquals(50 * MILLIS, wait(ten, 150 * MILLIS));
        go(ten, 200 * MILLIS);
        assertEquals(100 * MILLIS, wait(ten, 200 * MILLIS));
        go(ten, 300 * MILLIS);
        assertEquals(100 * MILLIS, wait(ten, 300 * MILLIS));
    }

    @Test
    void nextSliceBegins200MillisAfterThePayment() {
        go(ten, 0);
        assertEquals(200 * MILLIS, wait(ten, 0));
        go(ten, 200 * MILLIS);
        assertEquals(1, wait(ten, 300 * MILLIS - 1));
        go(ten, 400 * MILLIS);
        assertEquals(200 * MILLIS, wait(ten, 400 * MILLIS));
    }

    @Test
    void lateTimerSlowsNothing() {
        go(ten, 0);
        assertEquals(200 * MILLIS, wait(ten, 0));
        go(ten, 230 * MILLIS);
        assertEquals(70 * MILLIS, wait(ten, 230 * MILLIS));
    }

    @Test
    void longRequestIsPaidForAfterItsRelease() {
        ThrottlePolicy policy = policy(Map.of("bps", MIB));
        assertEquals(0, policy.waitNanos(Direction.READ, 32 * MIB, ORIGIN + 90_000 * MILLIS));
        policy.charge(Direction.READ, 32 * MIB, ORIGIN + 90_000 * MILLIS);
        assertEquals(32_100 * MILLIS, policy.waitNanos(Direction.READ, MIB, ORIGIN + 90_000 * MILLIS));
        assertEquals(32_000 * MILLIS, policy.waitNanos(Direction.READ, 0, ORIGIN + 90_000 * MILLIS));
    }

    @Test
    void withdrawnLongRequestIsNoBurst() {
        ThrottlePolicy policy = policy(Map.of("bps", MIB));
        policy.waitNanos(Direction.WRITE, 32 * MIB, ORIGIN);
        long now = ORIGIN + 40_000 * MILLIS;
        long released = 0;
        while (policy.waitNanos(Direction.WRITE, MIB, now) == 0) {
            policy.charge(Direction.WRITE, MIB, now);
            released += MIB;
        }
        assertEquals(MIB, released);
    }

    @Test
    void longRequestWaitsForOneSlice() {
        ThrottlePolicy policy = policy(Map.of("bps", MIB));
        assertEquals(100 * MILLIS, policy.waitNanos(Direction.READ, 32 * MIB, ORIGIN));
        assertEquals(1, policy.waitNanos(Direction.READ, 32 * MIB, ORIGIN + 100 * MILLIS - 1));
        assertEquals(0, policy.waitNanos(Direction.READ, 32 * MIB, ORIGIN + 100 * MILLIS));
    }

    /** A short request that goes first after idle time would otherwise make the long one wait again each time. */
    @Test
    void longRequestGoesBesideShortOnesAfterIdleTime() {
        ThrottlePolicy policy = policy(Map.of("bps", 1_000L));
        long now = ORIGIN + 1_000 * MILLIS;
        policy.charge(Direction.READ, 50, now);
        assertEquals(0, policy.waitNanos(Direction.READ, 5_000, now));
        policy.charge(Direction.READ, 50, now);
        assertEquals(0, policy.waitNanos(Direction.READ, 5_000, now));
        policy.charge(Direction.READ, 5_000, now);
        assertEquals(5_200 * MILLIS, policy.waitNanos(Direction.READ, 5_000, now));
    }

    @Test
    void idleTimeBeforeAChangeOfTheRateLetsNoLongRequestGo() {
        ThrottlePolicy policy = policy(Map.of("bps", 1_000L));
        long now = ORIGIN + 1_000 * MILLIS;
        policy.charge(Direction.READ, 0, now);
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 2_000L)), now);
        assertEquals(100 * MILLIS, policy.waitNanos(Direction.READ, 5_000, now));
    }

    @Test
    void heldElsewhereKeepsTheWait() {
        ThrottlePolicy policy = policy(Map.of("bps", MIB));
        policy.waitNanos(Direction.READ, 32 * MIB, ORIGIN);
        for (long millis = 100; millis < 8_000; millis += 7) {
            assertEquals(0, policy.waitNanos(Direction.READ, 32 * MIB, ORIGIN + millis * MILLIS));
        }
    }

    @Test
    void unusedSliceIsNoBurst() {
        go(ten, 0);
        go(ten, 5_000 * MILLIS);
        assertEquals(200 * MILLIS, wait(ten, 5_000 * MILLIS));
    }

    @Test
    void theShorterOfTimeAndUnitsIsOwed() {
        go(ten, 0);
        assertEquals(100 * MILLIS, ten.debt(ORIGIN).nanos(LimitKey.IOPS));
        ten.reconfigure(ThrottleLimits.of(Map.of("iops", 1_000L)), ORIGIN);
        assertEquals(MILLIS, ten.debt(ORIGIN).nanos(LimitKey.IOPS));
        assertEquals(2 * MILLIS, wait(ten, 0));
        ten.reconfigure(ThrottleLimits.of(Map.of("iops", 10L)), ORIGIN);
        assertEquals(200 * MILLIS, wait(ten, 0));
        ten.reconfigure(ThrottleLimits.of(Map.of("iops", 1L)), ORIGIN + 40 * MILLIS);
        assertEquals(60 * MILLIS, ten.debt(ORIGIN + 40 * MILLIS).nanos(LimitKey.IOPS));
    }

    @Test
    void aChangeKeepsWhatIsLeftOfASlice() {
        go(ten, 0);
        ten.reconfigure(ThrottleLimits.of(Map.of("iops", 100L)), ORIGIN);
        assertEquals(20 * MILLIS, wait(ten, 0));
        ThrottlePolicy half = policy(Map.of("iops", 20L));
        half.charge(Direction.READ, 1, ORIGIN);
        half.reconfigure(ThrottleLimits.of(Map.of("iops", 40L)), ORIGIN);
        go(half, 0);
        go(half, 0);
        assertEquals(100 * MILLIS, wait(half, 0));
    }

    @Test
    void rateChangeKeepsTheShareOfTheWait() {
        ThrottlePolicy policy = policy(Map.of("bps", 1_000L));
        policy.charge(Direction.READ, 100, ORIGIN);
        assertEquals(40 * MILLIS, policy.waitNanos(Direction.READ, 100, ORIGIN + 160 * MILLIS));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 10_000L)), ORIGIN + 160 * MILLIS);
        assertEquals(4 * MILLIS, policy.waitNanos(Direction.READ, 100, ORIGIN + 160 * MILLIS));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 1_000L)), ORIGIN + 161 * MILLIS);
        assertEquals(30 * MILLIS, policy.waitNanos(Direction.READ, 100, ORIGIN + 161 * MILLIS));
    }

    @Test
    void longDebtSurvivesAChange() {
        ThrottleDebt owed = ThrottleDebt.of(key -> 5_000 * MILLIS, key -> 0);
        ThrottlePolicy policy = new SlicePolicy(ThrottleLimits.of(Map.of("iops", 10L)), owed, ORIGIN);
        policy.reconfigure(ThrottleLimits.of(Map.of("iops", 3L)), ORIGIN);
        assertEquals(4_000 * MILLIS, policy.debt(ORIGIN + 1_000 * MILLIS).nanos(LimitKey.IOPS));
    }

    @Test
    void whatWasOwedIsPaidForFirst() {
        ThrottleDebt owed = ThrottleDebt.of(key -> 5_000 * MILLIS, key -> 0);
        ThrottlePolicy policy = new SlicePolicy(ThrottleLimits.of(Map.of("iops", 10L)), owed, ORIGIN);
        assertEquals(101 * MILLIS, wait(policy, 4_999 * MILLIS));
        go(policy, 5_100 * MILLIS);
        assertEquals(100 * MILLIS, wait(policy, 5_100 * MILLIS));
    }

    /** A trim has no bytes and so no cost under {@code bps}. */
    @Test
    void freeRequestWaitsForDebtAfterAChange() {
        SlicePolicy policy = new SlicePolicy(
                ThrottleLimits.of(Map.of("bps", MIB)), ThrottleDebt.of(limit -> 10_000 * MILLIS, limit -> 0), ORIGIN);
        assertEquals(10_000 * MILLIS, policy.waitNanos(Direction.WRITE, 0, ORIGIN));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 2 * MIB)), ORIGIN);
        assertEquals(5_000 * MILLIS, policy.waitNanos(Direction.WRITE, 0, ORIGIN));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", MIB)), ORIGIN);
        assertEquals(10_000 * MILLIS, policy.waitNanos(Direction.WRITE, 0, ORIGIN));
        assertEquals(0, policy.waitNanos(Direction.WRITE, 0, ORIGIN + 10_000 * MILLIS));
    }

    /** A debt of 10 s or 5,000 bytes holds as units at 100 kB/s and as time at 10 B/s. */
    @Test
    void longerDebtTakesTheRestOfTheSlice() {
        ThrottleLimits fast = ThrottleLimits.of(Map.of("bps", 100_000L));
        ThrottleDebt owed = ThrottleDebt.of(limit -> 10_000 * MILLIS, limit -> 50 * MILLIS, limit -> 0, limit -> 0);
        SlicePolicy policy = new SlicePolicy(fast, owed, ORIGIN);
        assertEquals(0, policy.waitNanos(Direction.READ, 5_000, ORIGIN));
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 10L)), ORIGIN);
        assertEquals(10_000 * MILLIS, policy.waitNanos(Direction.READ, 0, ORIGIN));
        policy.reconfigure(fast, ORIGIN);
        assertEquals(50 * MILLIS, policy.debt(ORIGIN).nanos(LimitKey.BPS));
    }

    @Test
    void freeRequestFitsIntoAFullSlice() {
        ThrottlePolicy policy = policy(Map.of("bps", 1_000L));
        policy.charge(Direction.WRITE, 100, ORIGIN);
        assertEquals(0, policy.waitNanos(Direction.WRITE, 0, ORIGIN));
    }

    /** 5,000 bytes take 50 ms at 100 kB/s and 80 ms at 62.5 kB/s. */
    @Test
    void debtThatBecomesLongerTakesPartOfTheSlice() {
        ThrottleDebt owed = ThrottleDebt.of(limit -> 10_000 * MILLIS, limit -> 50 * MILLIS, limit -> 0, limit -> 0);
        SlicePolicy policy = new SlicePolicy(ThrottleLimits.of(Map.of("bps", 100_000L)), owed, ORIGIN);
        policy.reconfigure(ThrottleLimits.of(Map.of("bps", 62_500L)), ORIGIN);
        assertEquals(0, policy.waitNanos(Direction.READ, 1_250, ORIGIN));
        assertEquals(104 * MILLIS, policy.waitNanos(Direction.READ, 1_500, ORIGIN));
    }

    @Test
    void timeToPayKeepsItsUnits() {
        ThrottlePolicy policy = policy(Map.of("iops", 40L));
        for (int i = 0; i < 4; i++) {
            go(policy, 0);
        }
        policy.reconfigure(ThrottleLimits.of(Map.of("iops", 10L)), ORIGIN + 110 * MILLIS);
        assertEquals(60 * MILLIS, wait(policy, 110 * MILLIS));
    }

    @Test
    void burstsAreRefusedByName() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 1L, "bps_max", 2L, "iops_wr", 3L, "iops_wr_max", 4L));
        List<String> faults = new SlicePolicyFactory()
                .faults(limits).stream().map(LimitFault::toString).toList();
        assertEquals(
                List.of("bps_max = 2: policy slice has no bursts", "iops_wr_max = 4: policy slice has no bursts"),
                faults);
    }

    @Test
    void longestSilenceIsNoDebt() {
        go(ten, 0);
        assertEquals(0, wait(ten, Long.MAX_VALUE));
    }
}
