package dev.weir.engine.clock;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A simulated kernel that wakes the thread late. */
class PunctualSleepTest {
    private static final long SLEEP_NANOS = 2_000_000;

    /** Time that one look at the clock takes (ns). */
    private static final long LOOK_NANOS = 50;

    private long now = Long.MAX_VALUE - 10 * SLEEP_NANOS;
    private long kernelLateNanos = 80_000;
    private long parkedNanos;
    private Runnable duringPark = () -> {};
    private final PunctualSleep sleep = new PunctualSleep(this::time, this::park);

    private long time() {
        now += LOOK_NANOS;
        return now;
    }

    private void park(long nanos) {
        now += nanos + kernelLateNanos;
        parkedNanos += nanos + kernelLateNanos;
        duringPark.run();
    }

    /** Sleeps as the timer thread does. Returns how late it wakes (ns). */
    private long late(long nanos) {
        long due = now + nanos;
        sleep.prepare();
        sleep.until(due);
        return now - due;
    }

    private void learn() {
        for (int i = 0; i < 1_000; i++) {
            late(SLEEP_NANOS);
        }
    }

    @Test
    void firstSleepIsAsLateAsTheKernel() {
        assertTrue(late(SLEEP_NANOS) >= kernelLateNanos);
    }

    @Test
    void learnedSleepEndsOnTime() {
        learn();
        long late = late(SLEEP_NANOS);
        assertTrue(late >= 0 && late <= LOOK_NANOS, () -> late + " ns");
    }

    @Test
    void noSleepEndsEarly() {
        long[] delays = {0, 5_000, 300_000, 40_000, 1_000, 80_000};
        for (int i = 0; i < 5_000; i++) {
            kernelLateNanos = delays[i % delays.length];
            assertTrue(late(1 + i * 997L % SLEEP_NANOS) >= 0);
        }
    }

    @Test
    void spinningTakesAtMostItsShare() {
        learn();
        long begin = now;
        long parkedBefore = parkedNanos;
        for (int i = 0; i < 20_000; i++) {
            kernelLateNanos = i % 4 == 0 ? 200_000 : 0; // most wake-ups are in time: the lead is wasted
            late(400_000);
        }
        long spunNanos = now - begin - (parkedNanos - parkedBefore);
        long share = (now - begin) / PunctualSleep.SPIN_SHARE + PunctualSleep.MAX_SAVED_NANOS;
        long looks = 20_000 * 3 * LOOK_NANOS;
        assertTrue(spunNanos <= share + looks, () -> spunNanos + " of " + share + " ns");
    }

    @Test
    void leadFallsWhenTheKernelIsPunctual() {
        learn();
        kernelLateNanos = 0;
        learn();
        long parkedBefore = parkedNanos;
        late(SLEEP_NANOS);
        assertTrue(parkedNanos - parkedBefore >= SLEEP_NANOS - 10_000);
    }

    @Test
    void wakeDuringParkEndsSleep() {
        kernelLateNanos = -SLEEP_NANOS / 2;
        duringPark = sleep::wake;
        assertTrue(late(SLEEP_NANOS) < 0);
    }

    @Test
    void wakeEndsSpin() {
        learn();
        duringPark = sleep::wake;
        kernelLateNanos = 0;
        assertTrue(late(SLEEP_NANOS) < 0);
    }

    @Test
    void wakeSincePrepareIsNotLost() {
        learn();
        long due = now + 60_000;
        sleep.prepare();
        sleep.wake();
        sleep.until(due);
        assertTrue(due - now > 50_000);
    }
}
