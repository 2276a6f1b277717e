package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
    private static final long COST = Budget.MIN_COST;
    private static final long TOTAL = 10_000 * COST;

    private final Budget budget = new Budget(TOTAL);

    /** However many are greedy, the next client finds as much left as each of them has. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 99})
    void leavesAsMuchForTheNextAsEachOfTheGreedyHas(int greedy) {
        long[] own = new long[greedy];
        for (boolean more = true; more; ) {
            more = false;
            for (int i = 0; i < greedy; i++) {
                if (budget.take(own[i], COST)) {
                    own[i] += COST;
                    more = true;
                }
            }
        }

        double share = (double) TOTAL / (greedy + 1);
        for (long each : own) {
            assertEquals(share, each, 2 * COST);
        }
        assertTrue(budget.take(0, (long) share / 2 - 2L * greedy * COST));
    }

    @Test
    void oversizedRequestGoesAlone() {
        assertTrue(budget.take(0, TOTAL + 1));
        assertFalse(budget.take(0, COST));
        budget.give(TOTAL + 1);
        assertTrue(budget.take(0, COST));
        assertFalse(budget.take(COST, TOTAL));
        assertEquals(COST, budget.used());
    }

    /** However large the requests are that others make, there is always room for a small one. */
    @Test
    void largeRequestsLeaveRoomForSmall() {
        int large = 0;
        while (budget.take(0, TOTAL / 8)) {
            large++;
        }
        assertEquals(7, large);
        for (long cost = TOTAL / 16; cost > 2 * COST; cost /= 2) {
            assertTrue(budget.take(0, cost), "cost " + cost);
        }
        assertTrue(budget.take(0, COST));
    }

    @Test
    void returnedBytesWakeEnoughWaiters() {
        budget.take(0, TOTAL);
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            budget.await(() -> told.add(number));
        }
        assertTrue(budget.isScarce());

        budget.give(COST);
        assertEquals(List.of(0), told);
        budget.give(2 * COST);
        assertEquals(List.of(0, 1, 2), told);
        budget.give(1);
        assertEquals(List.of(0, 1, 2, 3), told);
        budget.give(TOTAL - 3 * COST - 1);
        assertEquals(List.of(0, 1, 2, 3, 4), told);
        assertFalse(budget.isScarce());
        assertEquals(0, budget.used());
    }

    @Test
    void keptBytesReduceTheBudget() {
        budget.keep(TOTAL - 3 * COST);
        assertTrue(budget.take(0, COST));
        assertFalse(budget.take(0, 2 * COST));
        assertTrue(budget.take(0, COST));
        budget.keep(TOTAL);
        budget.give(2 * COST);
        assertTrue(budget.take(0, TOTAL));
        assertFalse(budget.take(0, COST));
        budget.keep(3 * COST - 2 * TOTAL);
        assertEquals(TOTAL, budget.used());
    }

    @Test
    void emptyRequestHasACost() {
        assertEquals(COST, Budget.cost(0));
        assertEquals(COST, Budget.cost(COST));
        assertEquals(COST + 1, Budget.cost(COST + 1));
    }

    @Test
    void keptBytesGetAQuarter() {
        assertTrue(budget.hasRoomToKeep(TOTAL / 4));
        assertFalse(budget.hasRoomToKeep(TOTAL / 4 + 1));
        budget.keep(COST);
        assertTrue(budget.hasRoomToKeep(TOTAL / 4 - COST));
        assertFalse(budget.hasRoomToKeep(TOTAL / 4 - COST + 1));

        budget.take(0, (TOTAL - COST) / 2);
        assertTrue(budget.hasRoomToKeep(COST));
        budget.await(() -> {});
        assertFalse(budget.hasRoomToKeep(COST));
        budget.give(COST);
        assertTrue(budget.hasRoomToKeep(COST));
    }

    @Test
    void keepsOnlyFreeBytes() {
        budget.take(0, TOTAL);
        assertFalse(budget.hasRoomToKeep(1));
    }
}
