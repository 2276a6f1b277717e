package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The laws of {@code docs/design/how-throttling-works.md} in the whole engine under random events. Each run takes
 * other steps. {@code -Dchaos.seed=N} repeats a failed run. {@code -Dchaos.steps=N} sets the number of steps.
 */
class ChaosTest {
    private static final int STEPS_OF_A_WORLD = 2_000;
    private static final int STEPS = Integer.getInteger("chaos.steps", 2_000_000);

    @Test
    void lawsHoldAfterEveryStep() {
        lawsHold(false, STEPS / STEPS_OF_A_WORLD);
    }

    /** Rates are far apart, mostly {@code bps}, and limits and policies change often. */
    @Test
    void lawsHoldUnderSharpChangesOfLimits() {
        lawsHold(true, STEPS / STEPS_OF_A_WORLD / 4);
    }

    /**
     * Seeds of earlier failures. In the first two a change of limits let requests without bytes pass a debt of slices.
     * In the next two the model did not know that slices keep the units of their credit. In the last one it held a
     * debt longer after a change than time or units of it do.
     */
    @ParameterizedTest
    @ValueSource(
            longs = {
                6224953879713785627L,
                1187744280974322819L,
                7123530369034009055L,
                4448848971439281113L,
                1266280975890637766L
            })
    void lawsHoldWhereTheyOnceFailed(long seed) {
        assertTrue(run(seed, true) > 0);
    }

    private static void lawsHold(boolean sharp, int most) {
        Long given = Long.getLong("chaos.seed");
        Random seeds = new Random();
        long released = 0;
        int worlds = given == null ? most : 1;
        for (int world = 0; world < worlds; world++) {
            long seed = given == null ? seeds.nextLong() : given;
            released += run(seed, sharp);
        }
        assertTrue(released > worlds * 100L, released + " requests are too few to say anything");
    }

    /** Runs one model and returns the number of released requests. */
    private static long run(long seed, boolean sharp) {
        Chaos chaos = new Chaos(seed, sharp);
        int step = 0;
        try {
            for (; step < STEPS_OF_A_WORLD; step++) {
                chaos.step();
            }
            chaos.repair();
            chaos.drain();
            chaos.shareEqually();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("after step " + step + " of -Dchaos.seed=" + seed + ": " + e.getMessage(), e);
        }
        return chaos.released();
    }
}
