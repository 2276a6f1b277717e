package dev.weir.engine.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.engine.TestRequest;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.ThrottleLimits;
import org.junit.jupiter.api.Test;

class LongHoldsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = -5 * SECOND;

    private final LongHolds holds = new LongHolds();
    private final Lane lane = new BlockQueue(
                    new PolicySlot("drive vm1", "bucket", ThrottleLimits.NONE, null, NOW), new ManualClock(NOW))
            .lane(Direction.WRITE);

    @Test
    void findsEachLongHoldOnce() {
        lane.add(new TestRequest("guest", Operation.WRITE, 0, 512, request -> {}), 512, 1, NOW);
        lane.add(new TestRequest("guest", Operation.WRITE, 0, 512, request -> {}), 512, 2, NOW);
        holds.check("drive vm1", lane, 30 * SECOND - 1, NOW);
        assertEquals(0, holds.found());
        holds.check("drive vm1", lane, 28 * SECOND, NOW + 2 * SECOND);
        holds.check("drive vm1", lane, 27 * SECOND, NOW + 3 * SECOND);
        assertEquals(1, holds.found());
        lane.removeFirst();
        holds.check("drive vm1", lane, SECOND, NOW + 30 * SECOND);
        assertEquals(2, holds.found());
    }

    @Test
    void warningCountsOthersOnlyIfThereAre() {
        TestRequest request = new TestRequest("guest", Operation.WRITE_ZEROES, 0, 512, done -> {});
        assertEquals(
                "drive vm1 holds a write-zeroes of 512 bytes for 40 s; many clients time out after 30 s: raise its"
                        + " limits, or drain it",
                LongHolds.line("drive vm1", request, 40 * SECOND, 0));
        assertEquals(
                "drive vm1 holds a write-zeroes of 512 bytes for 40 s, and 3 others since the last such warning; many"
                        + " clients time out after 30 s: raise its limits, or drain it",
                LongHolds.line("drive vm1", request, 40 * SECOND, 3));
    }
}
