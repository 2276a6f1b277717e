package dev.weir.engine.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A burst that is taken away under buckets, and comes back after slices, which know no bursts. */
class PolicySlotTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final ThrottleLimits BURST =
            ThrottleLimits.of(Map.of("bps", 10L, "bps_max", 100L, "bps_max_length", 10L));
    private static final ThrottlePolicyFactory BUCKETS = new BucketPolicyFactory();
    private static final ThrottlePolicyFactory SLICES = new SlicePolicyFactory();

    private final PolicySlot slot = inBurst();

    /** A slot that owes 50 s of a burst of 100 s. */
    private static PolicySlot inBurst() {
        PolicySlot slot = new PolicySlot("drive vm1", "bucket", BURST, BUCKETS, 0);
        slot.charge(Direction.READ, 500, 0);
        assertEquals(50 * SECOND, slot.debt(0).nanos(LimitKey.BPS));
        return slot;
    }

    private static ThrottleLimits bytesPerSecond(long rate) {
        return ThrottleLimits.of(Map.of("bps", rate));
    }

    @Test
    void slicesPayForgivenTimeAndUnitsAlike() {
        slot.reconfigure("bucket", BUCKETS, bytesPerSecond(100), 0);
        slot.reconfigure("slice", SLICES, bytesPerSecond(100), 0);
        assertEquals(100 * MILLI, slot.debt(0).nanos(LimitKey.BPS), "5 s of units less the forgiven part");
        slot.reconfigure("bucket", BUCKETS, BURST, 50 * MILLI);
        assertEquals(49_500 * MILLI, slot.debt(50 * MILLI).nanos(LimitKey.BPS), "a hundredth is paid");
    }

    @Test
    void forgivenPartOutlivesTheDebtOfSlices() {
        slot.reconfigure("bucket", BUCKETS, bytesPerSecond(100), 0);
        slot.reconfigure("slice", SLICES, bytesPerSecond(100), 0);
        slot.reconfigure("bucket", BUCKETS, BURST, 4 * SECOND);
        assertEquals(10 * SECOND, slot.debt(4 * SECOND).nanos(LimitKey.BPS), "four fifths are paid");
    }

    @Test
    void flappingRateOfSlicesKeepsTheForgivenPart() {
        slot.reconfigure("slice", SLICES, bytesPerSecond(10), 0);
        slot.reconfigure("slice", SLICES, bytesPerSecond(10_000_000), 0);
        slot.reconfigure("slice", SLICES, bytesPerSecond(10), 0);
        slot.reconfigure("bucket", BUCKETS, BURST, 0);
        assertEquals(50 * SECOND, slot.debt(0).nanos(LimitKey.BPS));
    }

    @Test
    void flappingRateAfterARemovedBurstGainsNothing() {
        slot.reconfigure("bucket", BUCKETS, bytesPerSecond(10), 0);
        slot.charge(Direction.READ, 50, 0);
        assertEquals(5 * SECOND, slot.waitNanos(Direction.READ, 1, 0));
        slot.reconfigure("bucket", BUCKETS, bytesPerSecond(1), 0);
        slot.reconfigure("bucket", BUCKETS, bytesPerSecond(10), 0);
        assertEquals(5 * SECOND, slot.waitNanos(Direction.READ, 1, 0));
    }
}
