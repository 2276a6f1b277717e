package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TickerTest {
    private final List<String> log = new ArrayList<>();
    private final FailureLog failures = new FailureLog();
    private final Ticker ticker = new Ticker(() -> log.add("timer woken"), () -> log.add("loop woken"), failures);

    private void tick() {
        ticker.makeDue();
        ticker.tickIfDue();
        log.remove("loop woken");
    }

    @Test
    void timerIsWokenForTheFirstTaskOnly() {
        ticker.add(() -> true);
        ticker.add(() -> true);

        assertEquals(List.of("timer woken"), log);
        assertTrue(ticker.isNeeded());
    }

    @Test
    void loopIsWokenOnlyWhileThereAreTasks() {
        ticker.makeDue();
        assertEquals(List.of(), log);
        ticker.add(() -> false);
        ticker.makeDue();
        ticker.makeDue();
        assertEquals(List.of("timer woken", "loop woken", "loop woken"), log);
        ticker.tickIfDue();
        ticker.makeDue();
        assertEquals(3, log.size());
        assertFalse(ticker.isNeeded());
    }

    @Test
    void taskIsCalledUntilItIsDone() {
        int[] left = {3};
        ticker.add(() -> --left[0] > 0);
        for (int i = 0; i < 5; i++) {
            tick();
        }
        ticker.tickIfDue();
        assertEquals(0, left[0]);
    }

    /** A single OutOfMemoryError once ended the checks of the loop for good. */
    @Test
    void failingTaskLeavesOtherTicksAlone() {
        int[] ticks = new int[3];
        ticker.add(() -> ++ticks[0] > 0);
        ticker.add(() -> {
            ticks[1]++;
            throw new OutOfMemoryError("of the test");
        });
        ticker.add(() -> ++ticks[2] > 0);
        for (int i = 0; i < 5; i++) {
            tick();
        }
        assertEquals(List.of(5, 5, 5), List.of(ticks[0], ticks[1], ticks[2]));
        assertEquals(5, failures.count());
    }

    @Test
    void taskMayAddAnother() {
        ticker.add(() -> {
            ticker.add(() -> {
                log.add("second");
                return false;
            });
            return false;
        });
        ticker.add(() -> true);
        tick();
        tick();
        tick();
        assertEquals(List.of("timer woken", "second"), log);
    }
}
