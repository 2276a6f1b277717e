package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.throttle.Share;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The timer of a tree is set for the earliest moment at which a request can go. Long requests of one drive wait for
 * the group. Short requests of another one go before them as soon as it is their turn.
 */
@ParameterizedClass
@ValueSource(strings = {"bucket", "slice"})
class TreeTimerTest {
    private static final long MILLISECOND = EngineFixture.SECOND / 1_000;
    private static final int LONG = 64 << 10;
    private static final int SHORT = 512;

    private final String policy;
    private final EngineFixture fixture = new EngineFixture(1);
    private final Map<String, Load> loads = new TreeMap<>();

    TreeTimerTest(String policy) {
        this.policy = policy;
        fixture.configureGroup("group", policy, Map.of("bps", 4L * LONG));
        saturate("long", Map.of(), Share.DEFAULT, LONG);
    }

    private void saturate(String name, Map<String, Long> limits, Share share, int length) {
        fixture.configure(name, policy, "group", limits, share);
        loads.put(name, new Load(fixture, name, Operation.READ, length, 4));
    }

    private long requests() {
        return loads.values().stream().mapToLong(Load::requests).sum();
    }

    /** Makes the engine look for due requests by a cancellation that concerns no request. */
    private void look() {
        loads.keySet().forEach(drive -> fixture.drive(drive).cancel(this));
    }

    private void assertTimerIsNeverLate() {
        for (int i = 0; i < 5_000; i++) {
            fixture.clock.advance(MILLISECOND);
            long before = requests();
            look();
            assertEquals(before, requests(), "requests after " + i + " ms");
        }
        loads.forEach((drive, load) -> assertTrue(load.requests() > 0, drive + " starves"));
    }

    @Test
    void requestThatItsOwnLimitFreesGoesInItsTurn() {
        saturate("capped", Map.of("iops", 20L), Share.DEFAULT, SHORT);
        assertTimerIsNeverLate();
    }

    @Test
    void requestBelowItsMinimumGoesAtOnce() {
        saturate("reserved", Map.of(), new Share(1, 0, 100), SHORT);
        assertTimerIsNeverLate();
    }
}
