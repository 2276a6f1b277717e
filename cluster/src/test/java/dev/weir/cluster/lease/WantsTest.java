package dev.weir.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.cluster.Demand;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WantsTest {
    private static final GroupTerms TERMS = GroupTerms.of(0, ThrottleLimits.of(Map.of("iops", 3_000L)));

    private final Wants wants = new Wants();
    private long now;
    private long reads;

    /** Returns the wanted rate a second later. */
    private long later(long rate, boolean isHeld, long has) {
        now += Simulation.SECOND;
        reads += rate;
        Set<LimitKey> held = isHeld ? Set.of(LimitKey.IOPS) : Set.of();
        Rates share = Rates.of(key -> key == LimitKey.IOPS ? has : 0);
        Demand demand = new Demand(reads, 0, 0, 0, 0, held, 0, 0);
        return wants.update(demand, share, TERMS, 0, now).get(LimitKey.IOPS);
    }

    @Test
    void limitThatHoldsNothingWantsALittleMoreThanIsUsed() {
        assertEquals(2, later(0, false, 700));
        assertEquals(620, later(600, false, 700));
    }

    @Test
    void heldLimitWantsTwiceItsShare() {
        assertEquals(42, later(0, true, 20));
        assertEquals(86, later(42, true, 42));
    }
}
